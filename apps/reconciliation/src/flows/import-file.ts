import { randomUUID } from 'node:crypto';
import { err, ok, type Result } from '@scantill/kernel';
import type { Account, Cause, Clock, Database, Directory } from '@scantill/platform';
import { appendEvents } from '@scantill/platform';
import { inBulk, lockAccount, type Bulk } from '../outbound/bulk.js';
import type { DueDays } from '../outbound/due-days.js';
import type { Content, FileStore, ReceivedFile } from '../outbound/file-store.js';
import type { FileRepository, ImportedFile, NewFile } from '../outbound/file.repository.js';
import { toFileImportedRow, type Occasion } from '../outbound/reconciliation-events.js';
import { filePart, type FilePart, type ItemsRefused, type StagedItems, type TransactionItems } from '../outbound/transaction-items.js';
import type { MatchDay } from './match-day.js';

export interface Upload {
  readonly name: string;
  readonly content: Content;
  readonly chainId: string;
  /** Where the file itself does not tell. */
  readonly accountId: string | null;
  /** Who answers for it. */
  readonly by: string;
  readonly cause: Cause;
}

export interface Imported {
  readonly file: Pick<ImportedFile, 'id' | 'accountId' | 'date' | 'sequence' | 'name' | 'sha256' | 'lines' | 'totals'>;
  readonly isKnown: boolean;
  readonly supersedes: string | null;
  readonly matched: number;
  readonly breaksOpened: number;
  readonly breaksResolved: number;
}

export type FileRefused =
  | ItemsRefused
  | { readonly kind: 'TooLarge'; readonly bytesMax: number }
  | { readonly kind: 'NameUnknown'; readonly name: string }
  | { readonly kind: 'AccountUnknown'; readonly named: string }
  | { readonly kind: 'AccountNotTold' }
  | { readonly kind: 'SeveralAccounts'; readonly customerIds: readonly string[] }
  | { readonly kind: 'PartMissing'; readonly date: string; readonly sequence: number };

export interface ImportFileParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly store: FileStore;
  readonly items: TransactionItems;
  readonly files: FileRepository;
  readonly matchDay: MatchDay;
  readonly dueDays: DueDays;
  readonly clock: Clock;
}

/** Takes a file of Alipay's in as a whole, or not at all, and matches its day. The same file again changes nothing. */
export class ImportFile {
  constructor(private readonly parts: ImportFileParts) {}

  async run(upload: Upload): Promise<Result<Imported, FileRefused>> {
    const { store, database } = this.parts;
    const received = await store.receive(upload.content);
    if (!received.ok) return received;
    try {
      const part = filePart(upload.name);
      if (part === undefined) return err({ kind: 'NameUnknown', name: upload.name });
      return await inBulk(database, (bulk) => this.take(bulk, upload, part, received.value));
    } finally {
      await store.discard(received.value);
    }
  }

  private async take(bulk: Bulk, upload: Upload, part: FilePart, received: ReceivedFile): Promise<Result<Imported, FileRefused>> {
    const { items, files } = this.parts;
    const staged = await items.stage(bulk, received.path, part.date);
    if (!staged.ok) return staged;
    const account = this.accountOf(upload, staged.value);
    if (!account.ok) return account;
    const { accountId } = account.value;
    await lockAccount(bulk, accountId);
    const parts = await files.parts(bulk, { chainId: upload.chainId, accountId, date: part.date });
    const before = parts.find(({ sequence }) => sequence === part.sequence);
    if (before?.sha256 === received.sha256) return ok({ file: before, isKnown: true, supersedes: null, matched: await files.agreeing(bulk, before.id), breaksOpened: 0, breaksResolved: 0 });
    // Parts are counted from 0 without a gap; a later one alone would make the rest of the day look missing.
    if (part.sequence > parts.length) return err({ kind: 'PartMissing', date: part.date, sequence: parts.length });
    const { lines, totals } = staged.value;
    const file = { id: randomUUID(), chainId: upload.chainId, accountId, ...part, name: upload.name, lines, totals, received, receivedAt: this.parts.clock.now(), receivedBy: upload.by };
    return ok(await this.add(bulk, file, before, { at: file.receivedAt, cause: upload.cause }));
  }

  private async add(bulk: Bulk, file: NewFile, before: ImportedFile | undefined, occasion: Occasion): Promise<Imported> {
    const { items, files, store, matchDay, dueDays, clock } = this.parts;
    await files.add(bulk, file);
    await items.keep(bulk, file);
    const supersedes = before?.id ?? null;
    await appendEvents(bulk.tx, [toFileImportedRow(file, supersedes, occasion)]);
    const { breaksOpened, breaksResolved } = await matchDay.run(bulk, file, occasion);
    // Expectations that were being recorded meanwhile did not see the file, nor did we see them.
    await dueDays.schedule(bulk.tx, [file], clock.now());
    await store.keep(file.received);
    return { file: { ...file, sha256: file.received.sha256 }, isKnown: false, supersedes, matched: await files.agreeing(bulk, file.id), breaksOpened, breaksResolved };
  }

  /** By the customerId in every row; another chain's account does not exist for the caller. */
  private accountOf({ chainId, accountId }: Upload, { customerIds }: StagedItems): Result<Account, FileRefused> {
    const [customerId] = customerIds;
    if (customerIds.length > 1) return err({ kind: 'SeveralAccounts', customerIds });
    const own = this.parts.directory.accounts().filter((account) => account.chainId === chainId && (accountId === null || account.accountId === accountId));
    const named = customerId === undefined ? own : own.filter((account) => account.customerId === customerId);
    if (named[0] === undefined) return err({ kind: 'AccountUnknown', named: [accountId, customerId].filter((name) => name !== null && name !== undefined).join(', ') });
    return named.length === 1 ? ok(named[0]) : err({ kind: 'AccountNotTold' });
  }
}
