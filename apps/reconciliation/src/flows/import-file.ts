import { err, ok, type Result } from '@scantill/kernel';
import type { Account, Clock, Database, Directory } from '@scantill/platform';
import { appendEvents } from '@scantill/platform';
import { inBulk, lockAccount, type Bulk } from '../outbound/bulk.js';
import type { DueDays } from '../outbound/due-days.js';
import { toRefusal, type FileRefused, type Refusal } from '../outbound/file-refused.js';
import type { FileStore } from '../outbound/file-store.js';
import type { FileRepository, ImportedFile, ReadFile } from '../outbound/file.repository.js';
import type { ImportRepository } from '../outbound/import.repository.js';
import type { KeptFile, ReceivedFileRepository } from '../outbound/received-file.repository.js';
import { toFileImportedRow, type Occasion } from '../outbound/reconciliation-events.js';
import { filePart, isFileName, type FilePart, type StagedItems, type TransactionItems } from '../outbound/transaction-items.js';
import type { ImportWatch } from './import-watch.js';
import type { MatchDay } from './match-day.js';
import type { ImportEnd } from './run-imports.js';

export interface Imported {
  readonly file: Pick<ImportedFile, 'id' | 'accountId' | 'date' | 'sequence' | 'name' | 'sha256' | 'lines' | 'totals'>;
  readonly isKnown: boolean;
  readonly supersedes: string | null;
  readonly matched: number;
  readonly breaksOpened: number;
  readonly breaksResolved: number;
}

export interface ImportFileParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly store: FileStore;
  readonly items: TransactionItems;
  readonly files: FileRepository;
  readonly received: ReceivedFileRepository;
  readonly imports: ImportRepository;
  readonly matchDay: MatchDay;
  readonly dueDays: DueDays;
  readonly clock: Clock;
}

type Taken = { readonly kind: 'taken'; readonly imported: Imported } | { readonly kind: 'ended-before' };

/** Takes a file that was received in as a whole, or not at all, and matches its day. The same file again changes nothing. */
export class ImportFile {
  constructor(private readonly parts: ImportFileParts) {}

  /** @throws what `watch` is aborted with; then nothing was changed */
  async run(fileId: string, watch: ImportWatch): Promise<ImportEnd> {
    watch.enter('reading');
    await watch.report();
    const taken = await inBulk(this.parts.database, (bulk) => this.take(bulk, fileId, watch), watch.signal);
    if (!taken.ok) return { kind: 'refused', refusal: await this.refuse(fileId, taken.error) };
    // Another process was faster: its lease had run out here.
    return taken.value.kind === 'taken' ? { kind: 'imported', imported: taken.value.imported } : { kind: 'postponed' };
  }

  async refuse(fileId: string, refused: FileRefused): Promise<Refusal> {
    const { database, received, imports, clock } = this.parts;
    const refusal = toRefusal(refused);
    await database.transaction(async (tx) => {
      await received.refuse(tx, fileId, refusal, refused.kind === 'PartMissing' ? refused.day : null);
      await imports.end(tx, fileId, null, clock.now());
    });
    return refusal;
  }

  async cancel(fileId: string): Promise<void> {
    const { database, received, imports, clock } = this.parts;
    await database.transaction(async (tx) => {
      await received.cancel(tx, fileId);
      await imports.end(tx, fileId, null, clock.now());
    });
  }

  private async take(bulk: Bulk, fileId: string, watch: ImportWatch): Promise<Result<Taken, FileRefused>> {
    const { items, files, received, store } = this.parts;
    const kept = await received.lock(bulk, fileId);
    if (kept?.status !== 'received') return ok({ kind: 'ended-before' });
    const { chainId, name, sha256 } = kept;
    if (!isFileName(name)) return err({ kind: 'NameUnsafe', name });
    const part = filePart(name);
    if (part === undefined) return err({ kind: 'NameUnknown', name });
    const staged = await items.stage(bulk, { path: store.pathOf(sha256), date: part.date }, watch.read);
    if (!staged.ok) return staged;
    const account = this.accountOf(kept, staged.value);
    if (!account.ok) return account;
    watch.enter('keeping');
    const day = { chainId, accountId: account.value.accountId, date: part.date };
    await lockAccount(bulk, day.accountId);
    const parts = await files.parts(bulk, day);
    const before = parts.find(({ sequence }) => sequence === part.sequence);
    if (before?.sha256 === sha256) return ok({ kind: 'taken', imported: await this.recognise(bulk, kept, before, watch) });
    // Parts are counted from 0 without a gap; a later one alone would make the rest of the day look missing.
    if (part.sequence > parts.length) return err({ kind: 'PartMissing', day, sequence: parts.length });
    const file = toReadFile(kept, day.accountId, part, staged.value);
    return ok({ kind: 'taken', imported: await this.takeIn(bulk, file, before, watch) });
  }

  /** The very file that is in force already: there is nothing to keep a second time. */
  private async recognise(bulk: Bulk, kept: KeptFile, before: ImportedFile, watch: ImportWatch): Promise<Imported> {
    const { files, received, imports, clock } = this.parts;
    await watch.stop();
    await received.forget(bulk, kept.id);
    await imports.end(bulk.tx, kept.id, null, clock.now());
    return { file: before, isKnown: true, supersedes: null, matched: await files.agreeing(bulk, before.id), breaksOpened: 0, breaksResolved: 0 };
  }

  private async takeIn(bulk: Bulk, file: ReadFile, before: ImportedFile | undefined, watch: ImportWatch): Promise<Imported> {
    const { items, files, matchDay, received, imports, dueDays, clock } = this.parts;
    const occasion: Occasion = { at: clock.now(), cause: { correlationId: file.id, causationId: null } };
    await files.takeIn(bulk, file);
    await items.keep(bulk, file);
    const supersedes = before?.id ?? null;
    await appendEvents(bulk.tx, [toFileImportedRow(file, supersedes, occasion)]);
    watch.enter('matching');
    const { breaksOpened, breaksResolved } = await matchDay.run(bulk, file, occasion);
    const matched = await files.agreeing(bulk, file.id);
    // A report would wait for the rows that are written from here on.
    await watch.stop();
    // Expectations that were being recorded meanwhile did not see the file, nor did we see them.
    await dueDays.schedule(bulk.tx, [file], clock.now());
    const waiting = await received.retryParts(bulk, file);
    if (waiting.length > 0) await imports.wait(bulk.tx, waiting, clock.now());
    await imports.end(bulk.tx, file.id, file.lines, clock.now());
    return { file, isKnown: false, supersedes, matched, breaksOpened, breaksResolved };
  }

  /** By the customerId in every row; another chain's account does not exist for the sender. */
  private accountOf({ chainId, accountTold }: KeptFile, { customerIds }: StagedItems): Result<Account, FileRefused> {
    const [customerId] = customerIds;
    if (customerIds.length > 1) return err({ kind: 'SeveralAccounts', customerIds });
    const own = this.parts.directory.accounts().filter((account) => account.chainId === chainId && (accountTold === null || account.accountId === accountTold));
    const named = customerId === undefined ? own : own.filter((account) => account.customerId === customerId);
    if (named[0] === undefined) return err({ kind: 'AccountUnknown', named: [accountTold, customerId].filter((name) => name !== null && name !== undefined).join(', ') });
    return named.length === 1 ? ok(named[0]) : err({ kind: 'AccountNotTold' });
  }
}

function toReadFile({ id, chainId, name, sha256, bytes, receivedAt, receivedBy }: KeptFile, accountId: string, part: FilePart, { lines, totals }: StagedItems): ReadFile {
  return { id, chainId, accountId, ...part, name, sha256, bytes, lines, totals, receivedAt, receivedBy };
}
