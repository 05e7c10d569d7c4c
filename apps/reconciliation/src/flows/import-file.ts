import { businessDate, err, ok, zero, type Money, type Result } from '@scantill/kernel';
import type { Account, Clock, Database, Directory, Tx } from '@scantill/platform';
import { appendEvents } from '@scantill/platform';
import { inBulk, lockAccount, type Bulk } from '../outbound/bulk.js';
import type { DueDays } from '../outbound/due-days.js';
import { sidesOf, toRefusal, type FileRefused, type Refusal } from '../outbound/file-refused.js';
import type { FileStore } from '../outbound/file-store.js';
import type { FileRepository, ImportedFile, ReadFile } from '../outbound/file.repository.js';
import type { ImportRepository } from '../outbound/import.repository.js';
import type { KeptFile, KnownPart, ReceivedFileRepository } from '../outbound/received-file.repository.js';
import { toFileImportedRow, type Occasion, type RunResult } from '../outbound/reconciliation-events.js';
import type { Staged } from '../outbound/intake.js';
import type { ReportFiles, UnreadFile } from '../outbound/report-files.js';
import type { CompareBatches } from './compare-batches.js';
import type { FileBreaks } from './file-breaks.js';
import type { ImportWatch } from './import-watch.js';
import type { MatchDay } from './match-day.js';
import type { ImportEnd } from './run-imports.js';
import type { SettleDay } from './settle-day.js';

export interface Imported {
  readonly file: Pick<ImportedFile, 'id' | 'accountId' | 'date' | 'sequence' | 'name' | 'sha256' | 'lines' | 'totals' | 'report'>;
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
  readonly reports: ReportFiles;
  readonly files: FileRepository;
  readonly received: ReceivedFileRepository;
  readonly imports: ImportRepository;
  readonly matchDay: MatchDay;
  readonly settleDay: SettleDay;
  readonly compareBatches: CompareBatches;
  readonly fileBreaks: FileBreaks;
  readonly dueDays: DueDays;
  readonly clock: Clock;
}

/** Which of its parts, too. */
type NumberedPart = KnownPart & { readonly sequence: number };
type Taken = { readonly kind: 'taken'; readonly imported: Imported } | { readonly kind: 'ended-before' };
/** Everything that its import did is undone, and it is told why. */
type NotTaken =
  | { readonly kind: 'refused'; readonly refused: FileRefused; readonly part: NumberedPart | null }
  | { readonly kind: 'pending'; readonly file: ReadFile; readonly instead: ImportedFile };

/** A file that was read, on its way into force. */
interface ComingFile {
  readonly kept: KeptFile;
  readonly file: ReadFile;
  /** The edition in whose place it comes. */
  readonly before: ImportedFile | undefined;
  readonly unread: UnreadFile;
  /** Alipay's ids that may be in it more than once; null: any. */
  readonly maybeTwice: readonly string[] | null;
  /** Of its day or batch. */
  readonly isOnlyPart: boolean;
}

/** Takes a file that was received in as a whole, or not at all, and compares what it is about. The same file again changes nothing. */
export class ImportFile {
  constructor(private readonly parts: ImportFileParts) {}

  /** @throws what `watch` is aborted with; then nothing was changed */
  async run(fileId: string, watch: ImportWatch): Promise<ImportEnd> {
    watch.enter('reading');
    await watch.report();
    const taken = await inBulk(this.parts.database, (bulk) => this.take(bulk, fileId, watch), watch.signal);
    if (taken.ok) {
      // Another process was faster: its lease had run out here.
      return taken.value.kind === 'taken' ? { kind: 'imported', imported: taken.value.imported } : { kind: 'postponed' };
    }
    if (taken.error.kind === 'pending') return await this.pend(taken.error);
    const { refused, part } = taken.error;
    if (refused.kind !== 'PartMissing' || part === null) return { kind: 'refused', refusal: await this.refuse(fileId, refused, part) };
    const refusal = await this.refusePart(fileId, part, watch.signal);
    return refusal === undefined ? this.run(fileId, watch) : { kind: 'refused', refusal };
  }

  async refuse(fileId: string, refused: FileRefused, part: NumberedPart | null = null): Promise<Refusal> {
    return await this.parts.database.transaction((tx) => this.refuseIn(tx, fileId, refused, part));
  }

  /** Whoever takes in the part before it sees this one refused, or is seen here. @returns undefined where nothing is missing any more */
  private async refusePart(fileId: string, part: NumberedPart, signal: AbortSignal): Promise<Refusal | undefined> {
    const looked = await inBulk<Refusal | undefined, never>(this.parts.database, async (bulk) => {
      await lockAccount(bulk, part.accountId);
      const { length } = await this.parts.files.parts(bulk, part);
      return ok(part.sequence > length ? await this.refuseIn(bulk.tx, fileId, { kind: 'PartMissing', part, sequence: length }, part) : undefined);
    }, signal);
    return looked.ok ? looked.value : looked.error;
  }

  private async refuseIn(tx: Tx, fileId: string, refused: FileRefused, part: NumberedPart | null): Promise<Refusal> {
    const { received, imports, fileBreaks, clock } = this.parts;
    const [refusal, sides] = [toRefusal(refused), sidesOf(refused)];
    const at = clock.now();
    await received.refuse(tx, fileId, refusal, part);
    if (part !== null) await fileBreaks.refused(tx, { ...part, sequence: refused.kind === 'PartMissing' ? refused.sequence : part.sequence }, { fileId, refusal, ...(sides === undefined ? {} : { sides }) }, { at, cause: { correlationId: fileId, causationId: null } });
    await imports.end(tx, fileId, null, at);
    return refusal;
  }

  /** Nothing of it was done. */
  async cancel(fileId: string): Promise<void> {
    const { database, received, imports, clock } = this.parts;
    await database.transaction(async (tx) => {
      await received.cancel(tx, fileId);
      await imports.end(tx, fileId, null, clock.now());
    });
  }

  /** It says otherwise than the edition before it: until a person accepts it, that one stays in force. */
  private async pend({ file, instead }: Extract<NotTaken, { kind: 'pending' }>): Promise<ImportEnd> {
    const { database, files, imports, fileBreaks, clock } = this.parts;
    const sides = whatChanges(instead.totals, file.totals);
    await database.transaction(async (tx) => {
      const at = clock.now();
      await files.pend(tx, file);
      await fileBreaks.pending(tx, file, { fileId: file.id, ...(sides === undefined ? {} : { sides }) }, { at, cause: { correlationId: file.id, causationId: null } });
      await imports.end(tx, file.id, file.lines, at);
    });
    return { kind: 'pending' };
  }

  private async take(bulk: Bulk, fileId: string, watch: ImportWatch): Promise<Result<Taken, NotTaken>> {
    const { files, received, reports } = this.parts;
    const kept = await received.lock(bulk, fileId);
    if (kept?.status !== 'received') return ok({ kind: 'ended-before' });
    const unread = await this.identify(kept);
    if (!unread.ok) return refused(unread.error, null);
    const same = (await files.parts(bulk, unread.value.part)).find(({ sequence }) => sequence === unread.value.sequence);
    if (same?.sha256 === kept.sha256) return ok({ kind: 'taken', imported: await this.recognise(bulk, kept, same, watch) });
    const staged = await reports.stage(bulk, unread.value, watch.read);
    const { sequence } = unread.value;
    if (!staged.ok) return refused(staged.error, { ...unread.value.part, sequence });
    const known = placed(unread.value, staged.value);
    if (known === undefined) return refused({ kind: 'AccountNotTold' }, null);
    const part = { ...known, sequence };
    // A statement names no customer.
    const stranger = staged.value.customerIds.find((customerId) => customerId !== unread.value.account.customerId);
    if (staged.value.customerIds.length > 1) return refused({ kind: 'SeveralAccounts', customerIds: staged.value.customerIds }, part);
    if (stranger !== undefined) return refused({ kind: 'AccountUnknown', named: stranger }, null);
    watch.enter('keeping');
    await lockAccount(bulk, part.accountId);
    const otherName = await files.otherwiseNamed(bulk, part, kept.name, staged.value.batchIds);
    if (otherName !== undefined) return refused({ kind: 'BatchKnown', name: otherName }, null);
    const parts = await files.parts(bulk, part);
    const before = parts.find((each) => each.sequence === sequence);
    // Parts are counted from 0 without a gap; a later one alone would make the rest of the day look missing.
    if (sequence > parts.length) return refused({ kind: 'PartMissing', part, sequence: parts.length }, part);
    const { lines, totals, generation, maybeTwice, figures } = staged.value;
    const file: ReadFile = {
      id: kept.id, chainId: kept.chainId, accountId: part.accountId, date: part.date, report: part.report, partOf: part.partOf, sequence, generation, name: kept.name, sha256: kept.sha256, bytes: kept.bytes,
      lines, totals, figures, receivedAt: kept.receivedAt, receivedBy: kept.receivedBy,
    };
    if (before !== undefined && kept.acceptedBy === null && !(await reports.completes(bulk, unread.value, before))) return err({ kind: 'pending', file, instead: before });
    const isOnlyPart = parts.every((each) => each.sequence === sequence);
    return ok({ kind: 'taken', imported: await this.takeIn(bulk, { kept, file, before, unread: unread.value, maybeTwice, isOnlyPart }, watch) });
  }

  /** The very file that is in force already: there is nothing to keep a second time. */
  private async recognise(bulk: Bulk, kept: KeptFile, before: ImportedFile, watch: ImportWatch): Promise<Imported> {
    const { files, received, imports, fileBreaks, clock } = this.parts;
    await watch.stop();
    await fileBreaks.taken(bulk.tx, before, before.id, { at: clock.now(), cause: { correlationId: kept.id, causationId: null } });
    await received.forget(bulk, kept.id);
    await imports.end(bulk.tx, kept.id, null, clock.now());
    return { file: before, isKnown: true, supersedes: null, matched: await files.agreeing(bulk, before), breaksOpened: 0, breaksResolved: 0 };
  }

  private async takeIn(bulk: Bulk, coming: ComingFile, watch: ImportWatch): Promise<Imported> {
    const { kept, file, before, unread } = coming;
    const { reports, files, received, imports, fileBreaks, dueDays, clock } = this.parts;
    const occasion: Occasion = { at: clock.now(), cause: { correlationId: file.id, causationId: null } };
    await files.takeIn(bulk, file);
    await reports.keep(bulk, unread, file);
    if (kept.acceptedBy === null) await fileBreaks.taken(bulk.tx, file, file.id, occasion);
    else if ((await received.waiting(bulk.tx, file)).length === 0) await fileBreaks.decided(bulk.tx, file, { fileId: file.id, by: { kind: 'person', name: kept.acceptedBy } }, occasion);
    const supersedes = before?.id ?? null;
    await appendEvents(bulk.tx, [toFileImportedRow(file, supersedes, occasion)]);
    watch.enter('matching');
    const { breaksOpened, breaksResolved, matched = await files.agreeing(bulk, file) } = await this.compare(bulk, coming, occasion);
    // A report would wait for the rows that are written from here on.
    await watch.stop();
    // Expectations that were being recorded meanwhile did not see the file, nor did we see them.
    if (file.report === 'transaction-items') await dueDays.schedule(bulk.tx, [file], clock.now());
    const waiting = await received.retryParts(bulk, file);
    if (waiting.length > 0) await imports.wait(bulk.tx, waiting, clock.now());
    await imports.end(bulk.tx, file.id, file.lines, clock.now());
    return { file, isKnown: false, supersedes, matched, breaksOpened, breaksResolved };
  }

  /** @returns `matched` where it is known of this file */
  private async compare(bulk: Bulk, { file, before, maybeTwice, isOnlyPart }: ComingFile, occasion: Occasion): Promise<Pick<RunResult, 'breaksOpened' | 'breaksResolved'> & { readonly matched?: number }> {
    const { matchDay, settleDay, compareBatches, dueDays } = this.parts;
    if (file.report === 'transaction-items') {
      const { breaksOpened, breaksResolved, matched } = await matchDay.run(bulk, file, occasion, maybeTwice);
      return { breaksOpened, breaksResolved, ...(isOnlyPart ? { matched } : {}) };
    }
    if (file.report !== 'settlement-items') return compareBatches.ofFile(bulk, file, occasion);
    const { otherDays, ...settled } = await settleDay.run(bulk, file, occasion, maybeTwice);
    // An edition may say that it was settled on another day: the one before it left its own. What is missing with us may be on its way.
    const dates = new Set([...otherDays, ...(before === undefined || before.date === file.date ? [] : [before.date]), ...(settled.breaksOpened === 0 ? [] : [file.date])]);
    await dueDays.schedule(bulk.tx, [...dates].map((date) => ({ chainId: file.chainId, accountId: file.accountId, date, kind: 'settlement' as const })), occasion.at);
    const batches = await compareBatches.ofFile(bulk, file, occasion);
    return { breaksOpened: settled.breaksOpened + batches.breaksOpened, breaksResolved: settled.breaksResolved + batches.breaksResolved };
  }

  /** Which part of what a file is, and whose: by its name and its first row. */
  private async identify(kept: KeptFile): Promise<Result<UnreadFile, FileRefused>> {
    const { reports, store, directory } = this.parts;
    const named = reports.named(kept);
    if (!named.ok) return named;
    const path = store.pathOf(kept.sha256);
    const head = await reports.head({ path, named: named.value });
    const isStatement = named.value.report === 'bank-statement';
    const accounts = this.accountsOf(kept, head.customerId);
    const [account] = accounts;
    if (account === undefined) return err({ kind: 'AccountUnknown', named: [kept.accountTold, head.customerId].filter((name) => name !== null).join(', ') });
    if (accounts.length > 1 && !isStatement) return err({ kind: 'AccountNotTold' });
    const date = named.value.date ?? head.settledOn ?? reports.folderDate(kept) ?? (named.value.report === 'transaction-items' ? null : businessDate(kept.receivedAt));
    if (date === null) return err({ kind: 'DayNotTold', name: kept.name });
    const { report, partOf, sequence } = named.value;
    return ok({
      kept, named: named.value, path, sequence, account, accounts,
      part: { chainId: kept.chainId, accountId: account.accountId, date, report, partOf: partOf ?? date },
      ours: { chainId: kept.chainId, merchantId: account.referenceMerchantId, hasStore: (storeId) => directory.store(kept.chainId, storeId) !== undefined },
    });
  }

  /** By the customerId in its rows; another chain's account does not exist for the sender. */
  private accountsOf({ chainId, accountTold }: KeptFile, customerId: string | null): Account[] {
    const own = this.parts.directory.accounts().filter((account) => account.chainId === chainId && (accountTold === null || account.accountId === accountTold));
    return customerId === null ? own : own.filter((account) => account.customerId === customerId);
  }
}

/** A statement says itself whose it is and what it is a part of; undefined where it does not, and several accounts come into question. */
function placed({ part, accounts }: UnreadFile, { accountId, partOf, date }: Staged): KnownPart | undefined {
  if (part.report !== 'bank-statement') return part;
  const known = accountId ?? (accounts.length === 1 ? part.accountId : null);
  return known === null ? undefined : { ...part, accountId: known, partOf: partOf ?? part.partOf, date: date ?? part.date };
}

/** What two editions come to. Undefined where they are of several currencies: then no one amount is what changes. */
function whatChanges(before: readonly Money[], after: readonly Money[]): { readonly ours: Money; readonly theirs: Money } | undefined {
  const currencies = new Set([...before, ...after].map(({ currency }) => currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) return undefined;
  return { ours: before[0] ?? zero(currency), theirs: after[0] ?? zero(currency) };
}

function refused(error: FileRefused, part: NumberedPart | null): { readonly ok: false; readonly error: NotTaken } {
  return { ok: false, error: { kind: 'refused', refused: error, part } };
}
