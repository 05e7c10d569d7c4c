import { parseSettlementsFolder } from '@scantill/alipay';
import { err, ok, type Result } from '@scantill/kernel';
import type { Account } from '@scantill/platform';
import type { Ours } from './line-class.js';
import { isBankStatementName } from './bank-statements.js';
import type { Bulk } from './bulk.js';
import { isFileName, nameOf, type Named } from './file-names.js';
import type { FileRefused } from './file-refused.js';
import type { FileOfDay, Intake, Staged, TakenFile, UnreadReport, UnreadStatement } from './intake.js';
import type { UnreadItems } from './items-intake.js';
import type { KeptFile, KnownPart } from './received-file.repository.js';
import { readHead, type ReportHead } from './report-head.js';

/** A file of which it is known what it is, and nothing was read but its first row. */
export interface UnreadFile {
  readonly kept: Pick<KeptFile, 'id' | 'name' | 'bytes'>;
  readonly named: Named;
  readonly path: string;
  readonly account: Account;
  /** Those that it may belong to, as far as is known before it is read. */
  readonly accounts: readonly Account[];
  readonly part: KnownPart;
  readonly sequence: number;
  readonly ours: Ours;
}

export interface Intakes {
  readonly transactions: Intake<UnreadItems, FileRefused>;
  readonly settled: Intake<UnreadItems, FileRefused>;
  readonly summaries: Intake<UnreadReport, FileRefused>;
  readonly statements: Intake<UnreadStatement, FileRefused>;
}

/** What part of what a statement is, it says itself. */
const BANK_STATEMENT: Named = { report: 'bank-statement', format: 'statement', date: null, partOf: null, sequence: 0 };

/** The kinds of files that there are, and who reads which. */
export class ReportFiles {
  constructor(private readonly intakes: Intakes) {}

  /** Nothing that a sender chose becomes a path, and no name decides what is in a file: it only says what it must be. */
  named({ name, sourcePath }: Pick<KeptFile, 'name' | 'sourcePath'>): Result<Named, FileRefused> {
    if (!isFileName(name)) return err({ kind: 'NameUnsafe', name });
    const named = isBankStatementName(name) ? BANK_STATEMENT : nameOf(name);
    if (named === undefined) return err({ kind: 'NameUnknown', name });
    const date = named.date ?? (named.report === 'transaction-items' ? this.folderDate({ sourcePath }) : null);
    return ok({ ...named, date });
  }

  /** Alipay's folders are named by their day. */
  folderDate({ sourcePath }: Pick<KeptFile, 'sourcePath'>): string | null {
    const date = sourcePath === null ? undefined : parseSettlementsFolder(sourcePath.slice(0, sourcePath.lastIndexOf('/')))?.date;
    return date === undefined ? null : date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  }

  async head({ path, named }: Pick<UnreadFile, 'path' | 'named'>): Promise<ReportHead> {
    return named.format === 'statement' ? { customerId: null, settledOn: null } : readHead({ path, format: named.format });
  }

  async stage(bulk: Bulk, file: UnreadFile, read: (rows: number) => void): Promise<Result<Staged, FileRefused>> {
    const { transactions, settled, summaries, statements } = this.intakes;
    switch (file.named.report) {
      case 'transaction-items': return transactions.stage(bulk, toItems(file), read);
      case 'settlement-items': return settled.stage(bulk, toItems(file), read);
      case 'settlement-summary': return summaries.stage(bulk, toItems(file), read);
      case 'bank-statement': return statements.stage(bulk, { path: file.path, name: file.kept.name, accounts: file.accounts }, read);
    }
  }

  /** Whether it says everything that another one in its place says, unchanged, and at most more of it. */
  async completes(bulk: Bulk, file: UnreadFile, other: FileOfDay): Promise<boolean> {
    return this.intakeOf(file).completes(bulk, other, { id: file.kept.id, date: file.part.date });
  }

  async keep(bulk: Bulk, file: UnreadFile, taken: TakenFile): Promise<void> {
    await this.intakeOf(file).keep(bulk, taken);
  }

  private intakeOf({ named: { report } }: UnreadFile): Pick<Intakes[keyof Intakes], 'completes' | 'keep'> {
    const { transactions, settled, summaries, statements } = this.intakes;
    return { 'transaction-items': transactions, 'settlement-items': settled, 'settlement-summary': summaries, 'bank-statement': statements }[report];
  }
}

function toItems({ kept, path, named, account, part, ours }: UnreadFile): UnreadItems {
  const { unit, quotes } = account.files ?? { unit: 'minor', quotes: 'as-written' };
  return { id: kept.id, bytes: kept.bytes, path, format: named.format === 'xlsx' ? 'xlsx' : 'csv', unit, quotes, account, date: part.date, ours };
}
