import { zero, type Currency } from '@scantill/kernel';
import type { Directory, OutboxRelay, Tx } from '@scantill/platform';
import { amountAtRisk, type BreakKind, type Sides } from '../core/break-kind.js';
import type { Actor, BreakEvent, BreakLife } from '../core/break-life.js';
import { decideGone } from '../core/decide-break.js';
import { ENDED_BY_PART, kindOfRefusal, missingPart, partName, type ReportPart } from '../core/file-break.js';
import { RECONCILIATION } from '../outbound/break-history.js';
import { breakId, type Break, type Owned } from '../outbound/break-row.js';
import type { BreakChange, BreakRepository } from '../outbound/break.repository.js';
import type { Bulk } from '../outbound/bulk.js';
import type { Difference } from '../outbound/day-matching.js';
import type { Refusal } from '../outbound/file-refused.js';
import type { LateDay } from '../outbound/late-days.js';
import type { MissingDay, MissingFiles } from '../outbound/missing-files.js';
import type { Occasion } from '../outbound/reconciliation-events.js';
import { changeOf } from './keep-breaks.js';

/** A part of a report, whose it is, and the day on which people look for it. */
export interface AccountPart extends ReportPart, Owned {
  readonly date: string;
}

/** The file that proves it, where there is one, and what it comes to, where that can be said: the sums of two files, or of a file and what it names. */
interface Proof {
  readonly file: Break['file'];
  readonly sides?: Sides;
}

const NO_SIDES: Sides = { ours: null, theirs: null };
/** Of an account that is in the directory no more; nothing is at risk in any currency. */
const ANY_CURRENCY: Currency = 'USD';

/** Files that did not come, came in part, or came again otherwise, as breaks. Called in the transactions that find out. */
export class FileBreaks {
  constructor(private readonly breaks: BreakRepository, private readonly missing: MissingFiles, private readonly directory: Directory, private readonly relay: OutboxRelay) {}

  /** @param part what the file should be; where an earlier part is missing, that part. @param file the refused one, with its sums where they disagree */
  async refused(tx: Tx, part: AccountPart, { fileId, refusal, sides }: { readonly fileId: string; readonly refusal: Refusal; readonly sides?: Sides }, occasion: Occasion): Promise<void> {
    const kind = kindOfRefusal(refusal.reason);
    if (kind === undefined) return;
    await this.lock(tx, part);
    await this.open(tx, [{ part, kind, proof: { file: { id: fileId, line: refusal.faults[0]?.line ?? null, raw: '' }, ...(sides === undefined ? {} : { sides }) } }], occasion);
  }

  /** Another edition of a part that is in force waits for a person. */
  async pending(tx: Tx, part: AccountPart, { fileId, sides }: { readonly fileId: string; readonly sides?: Sides }, occasion: Occasion): Promise<void> {
    await this.lock(tx, part);
    await this.open(tx, [{ part, kind: 'file-reissued', proof: { file: { id: fileId, line: null, raw: '' }, ...(sides === undefined ? {} : { sides }) } }], occasion);
  }

  /** A person accepted the other edition, or put it away. @param fileId what is in force now */
  async decided(tx: Tx, part: AccountPart, { fileId, by }: { readonly fileId: string; readonly by: Actor }, occasion: Occasion): Promise<void> {
    await this.lock(tx, part);
    const isOpen = ({ stage }: BreakLife) => stage.status !== 'resolved';
    await this.close(tx, part.chainId, [idOf(part, 'file-reissued')], { by, occasion, decide: (life) => (isOpen(life) ? [{ kind: 'closed-by-evidence', evidence: { fileId, line: null } }] : []) });
  }

  /** The part is in force, whichever file it came by: also when it was there already. */
  async taken(tx: Tx, part: AccountPart, fileId: string, occasion: Occasion): Promise<void> {
    await this.lock(tx, part);
    const waitedFor = await this.missing.came(tx, part.accountId, part.report, part.date);
    const ids = [...ENDED_BY_PART.map((kind) => idOf(part, kind)), ...waitedFor.map((date) => idOf({ ...part, ...missingPart(part.report, date) }, 'file-missing'))];
    await this.close(tx, part.chainId, ids, { by: RECONCILIATION, occasion, decide: (life) => decideGone(life, { fileId, line: null }, null) });
  }

  /** Days whose transaction file is not there, and those whose file came while nobody looked. */
  async missingDays(tx: Tx, owned: Owned, days: readonly MissingDay[], occasion: Occasion): Promise<void> {
    if (days.length === 0) return;
    await this.lock(tx, owned);
    const partOf = (date: string): AccountPart => ({ ...owned, ...missingPart('transaction-items', date), date });
    await this.open(tx, days.flatMap(({ date, fileId }) => (fileId === null ? [{ part: partOf(date), kind: 'file-missing' as const, proof: { file: null } }] : [])), occasion);
    for (const { date, fileId } of days) {
      if (fileId !== null) await this.close(tx, owned.chainId, [idOf(partOf(date), 'file-missing')], { by: RECONCILIATION, occasion, decide: (life) => decideGone(life, { fileId, line: null }, null) });
    }
  }

  /** What became late on a day, and no settlement file came in which it could have been. The caller holds the account's lock. */
  async missingSettlements(bulk: Bulk, late: LateDay, occasion: Occasion): Promise<void> {
    const dates = await this.missing.settlements(bulk, late, occasion.at);
    if (dates.length === 0) return;
    const { chainId, accountId } = late;
    await this.lock(bulk.tx, late);
    await this.open(bulk.tx, dates.map((date) => ({ part: { chainId, accountId, ...missingPart('settlement-items', date), date }, kind: 'file-missing', proof: { file: null } })), occasion);
  }

  private async open(tx: Tx, found: readonly { readonly part: AccountPart; readonly kind: BreakKind; readonly proof: Proof }[], occasion: Occasion): Promise<void> {
    const changes: BreakChange[] = [];
    for (const { part, kind, proof: { file, sides = NO_SIDES } } of found) {
      const currency = this.directory.account(part.accountId)?.settlementCurrency as Currency | undefined;
      const verdict = { kind, amountAtRisk: amountAtRisk(kind, sides) ?? zero(currency ?? ANY_CURRENCY) };
      const known = await this.breaks.lock(tx, part.chainId, idOf(part, kind));
      const { before, events } = changeOf(known, part, { difference: toDifference(part, sides), verdict, causedBy: null }, occasion.at);
      changes.push({ before: { ...before, file }, events });
    }
    await this.breaks.save(tx, changes, RECONCILIATION, occasion);
    tx.afterCommit(this.relay.wake);
  }

  private async close(tx: Tx, chainId: string, ids: readonly string[], { by, occasion, decide }: { readonly by: Actor; readonly occasion: Occasion; readonly decide: (life: BreakLife) => readonly BreakEvent[] }): Promise<void> {
    const changes: BreakChange[] = [];
    for (const id of ids.toSorted()) {
      const before = await this.breaks.lock(tx, chainId, id);
      if (before !== undefined) changes.push({ before, events: decide(before.life) });
    }
    await this.breaks.save(tx, changes, by, occasion);
    tx.afterCommit(this.relay.wake);
  }

  /** A refusal does not wait for the import that holds the account: two that find the same new break must not both write it. */
  private async lock(tx: Tx, { accountId }: Owned): Promise<void> {
    await this.breaks.lockFiles(tx, accountId);
  }
}

function idOf(part: AccountPart, kind: BreakKind): string {
  return breakId(part, kind, toDifference(part, NO_SIDES));
}

function toDifference(part: AccountPart, { ours, theirs }: Sides): Difference {
  return { subject: partName(part), date: part.date, type: part.report, storeId: null, orderKey: null, paymentId: null, requestId: null, alipayId: null, ours, theirs, copy: 1, file: null, eventId: null };
}
