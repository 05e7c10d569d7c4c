import { businessDate } from '@scantill/kernel';
import type { Directory, OutboxRelay } from '@scantill/platform';
import { itemsFindings, payoutFinding, payoutSubject, sideKey, type BankView, type Finding } from '../core/batch-finding.js';
import { toBatch, type BatchSide } from '../core/batch-side.js';
import { verdict } from '../core/break.js';
import type { Evidence } from '../core/break-life.js';
import { addDays } from '../core/calendar.js';
import { contractOn } from '../core/contract.js';
import { decideGone } from '../core/decide-break.js';
import { matchPayouts } from '../core/match-payouts.js';
import { accumulate, amountOf, ID_LENGTH_MIN, type Batch, type Payout } from '../core/payout.js';
import { TOTAL } from '../core/summary.js';
import type { BatchBreaks } from '../outbound/batch-breaks.js';
import type { BatchReader, Span } from '../outbound/batch.reader.js';
import { RECONCILIATION } from '../outbound/break-history.js';
import { breakId, type Owned } from '../outbound/break-row.js';
import type { BreakRepository } from '../outbound/break.repository.js';
import type { Bulk } from '../outbound/bulk.js';
import type { ContractRepository } from '../outbound/contract.repository.js';
import type { Difference } from '../outbound/day-matching.js';
import type { PayoutDays } from '../outbound/payout-days.js';
import type { Occasion } from '../outbound/reconciliation-events.js';
import type { FoundBreak, KeepBreaks } from './keep-breaks.js';

export interface CompareBatchesParts {
  readonly directory: Directory;
  readonly batches: BatchReader;
  readonly batchBreaks: BatchBreaks;
  readonly breaks: BreakRepository;
  readonly keepBreaks: KeepBreaks;
  readonly contracts: ContractRepository;
  readonly payoutDays: PayoutDays;
  readonly relay: OutboxRelay;
}

export interface Compared {
  readonly breaksOpened: number;
  readonly breaksResolved: number;
}

/** How many days a batch and what pays it out, or accumulates with it, may be apart. */
export const REACH_DAYS = 60;
/** Kinds of break that a pay-out may have; a booking that pays it out ends each of them. */
const PAYOUT_KINDS = ['summary-differs-from-bank', 'payout-missing', 'ambiguous'] as const;
const FOUND_AT_ONCE = 1_000;

/** Compares items with their summary, and what is paid out with the bank; opens the breaks that are there, closes those that are there no more. */
export class CompareBatches {
  constructor(private readonly parts: CompareBatchesParts) {}

  /** What a file may have changed: to be called once it is in force, and the breaks of its rows are known. The caller holds the account's lock. */
  async ofFile(bulk: Bulk, file: Owned & { readonly id: string }, occasion: Occasion): Promise<Compared> {
    const span = await this.parts.batches.spanOf(bulk, file.id);
    return span === undefined ? { breaksOpened: 0, breaksResolved: 0 } : this.ofDays(bulk, file, span, { ...occasion, fileId: file.id });
  }

  /**
   * Safe to repeat: the same files give the same breaks, in whatever order they came.
   * @param occasion with the file that is named as evidence of what is there no more, where no booking is
   */
  async ofDays(bulk: Bulk, owned: Owned, days: Span, occasion: Occasion & { readonly fileId: string | null }): Promise<Compared> {
    const { batches: reader, batchBreaks, keepBreaks, relay } = this.parts;
    const near = widened(days, REACH_DAYS);
    const sides = await reader.sides(bulk, owned.accountId, widened(days, 2 * REACH_DAYS));
    const compared = sides.filter(({ settledOn }) => near.from <= settledOn && settledOn <= near.to);
    const rowBreaks = await batchBreaks.ofRows(bulk, owned.accountId, compared.filter(({ rows }) => rows.length > 0).flatMap(({ itemFileIds }) => itemFileIds));
    const items = compared.flatMap((side) => itemsFindings(side, rowBreaks));
    const payouts = await this.payouts(bulk, owned, sides, days);
    const view: BankView = {
      sides: new Map(sides.map((side) => [sideKey(side), side])), coveredUntil: await reader.covered(bulk, owned.accountId), today: businessDate(occasion.at), blamed: blamedBy(owned, items),
    };
    const dated = payouts.filter((payout) => near.from <= dateOf(payout) && dateOf(payout) <= near.to);
    const findings = [...items, ...dated.flatMap((payout) => payoutFinding(payout, view) ?? [])];
    await keepBreaks.begin(bulk);
    let breaksOpened = 0;
    for (let at = 0; at < findings.length; at += FOUND_AT_ONCE) breaksOpened += await keepBreaks.found(bulk, owned, findings.slice(at, at + FOUND_AT_ONCE).map((finding) => toFound(finding)), occasion);
    const breaksResolved = await this.close(bulk, owned, near, { ...occasion, paid: paidBy(owned, dated) });
    await this.plan(bulk, owned, dated, occasion.at);
    bulk.tx.afterCommit(relay.wake);
    return { breaksOpened, breaksResolved };
  }

  /** None for an account whose bank nobody told of, and of which no statement ever came. @param sides of the days and those around them */
  async payouts(bulk: Bulk, { accountId }: Owned, sides: readonly BatchSide[], days: Span): Promise<Payout[]> {
    const { batches: reader, contracts, directory } = this.parts;
    const hasBank = directory.account(accountId)?.bank !== undefined || (await reader.covered(bulk, accountId)).size > 0;
    if (!hasBank) return [];
    const known = await contracts.ofAccounts(bulk.tx, [accountId]);
    const batches = sides.map((side) => toBatch(side, contractOn(known, accountId, side.settledOn)));
    const batchIds = [...new Set(batches.map(({ batchId }) => batchId).filter((id) => id.length >= ID_LENGTH_MIN))];
    return matchPayouts(batches, await reader.bookings(bulk, accountId, widened(days, 3 * REACH_DAYS), { amounts: amountsOf(batches), batchIds }));
  }

  private async close(bulk: Bulk, owned: Owned, near: Span, occasion: Occasion & { readonly fileId: string | null; readonly paid: ReadonlyMap<string, Evidence> }): Promise<number> {
    let closed = 0;
    for await (const page of this.parts.batchBreaks.gone(bulk, owned.accountId, near)) {
      const changes = page.map(({ gone, lastByMatching }) => {
        const evidence = occasion.paid.get(gone.id) ?? { fileId: occasion.fileId, line: null };
        return { before: gone, events: decideGone(gone.life, evidence, lastByMatching) };
      });
      const saved = await this.parts.breaks.save(bulk.tx, changes, RECONCILIATION, occasion);
      closed += saved.filter(({ life }) => life.stage.status === 'resolved').length;
    }
    return closed;
  }

  /** What no statement shows so far is looked at again when the contract's patience has ended. */
  private async plan(bulk: Bulk, { chainId, accountId }: Owned, payouts: readonly Payout[], at: Date): Promise<void> {
    const days = payouts.flatMap(({ batches, end }) => (end.kind === 'unbooked' ? batches.slice(-1) : [])).flatMap(({ missingOn }) => missingOn ?? []);
    const coming = days.filter((day) => day > businessDate(at));
    await this.parts.payoutDays.plan(bulk.tx, coming.map((missingOn) => ({ chainId, accountId, missingOn })));
  }
}

function widened({ from, to }: Span, days: number): Span {
  return { from: addDays(from, -days), to: addDays(to, days) };
}

function dateOf({ batches }: Payout): string {
  return batches.at(-1)?.settledOn ?? '';
}

function amountsOf(batches: readonly Batch[]) {
  return [...accumulate(batches), ...batches.map((batch) => [batch])].map((group) => amountOf(group)).filter(({ minor }) => minor > 0n);
}

/** By batch and currency, the break that its items and its summary have; of a consequence the one that is its cause. */
function blamedBy(owned: Owned, items: readonly Finding[]): Map<string, string> {
  const blamed = new Map<string, string>();
  for (const finding of items) {
    const currency = (finding.ours ?? finding.theirs)?.currency;
    const differs = finding.ours?.minor !== finding.theirs?.minor;
    if (currency === undefined || !differs) continue;
    const key = sideKey({ batchId: finding.batchId, currency });
    if (!blamed.has(key)) blamed.set(key, finding.causedBy ?? breakId(owned, finding.kind, toDifference(finding)));
  }
  return blamed;
}

/** By the breaks that these pay-outs may have had, the booking that ends them. */
function paidBy(owned: Owned, payouts: readonly Payout[]): Map<string, Evidence> {
  return new Map(payouts.flatMap((payout) => {
    const [first] = payout.end.kind === 'paid' ? payout.end.by : [];
    if (first === undefined) return [];
    const evidence = { fileId: first.fileId, line: first.line };
    return PAYOUT_KINDS.map((kind): [string, Evidence] => [breakId(owned, kind, aboutPayout(payout)), evidence]);
  }));
}

function aboutPayout(payout: Payout): Difference {
  return toDifference({ kind: 'payout-missing', subject: payoutSubject(payout), batchId: '', type: TOTAL, date: dateOf(payout), ours: null, theirs: null, row: null, causedBy: null });
}

function toFound(finding: Finding): FoundBreak {
  return { difference: toDifference(finding), verdict: verdict(finding.kind, finding), causedBy: finding.causedBy };
}

function toDifference({ subject, date, type, batchId, ours, theirs, row }: Finding): Difference {
  return { subject, date, type, storeId: null, orderKey: null, paymentId: null, requestId: null, alipayId: batchId, ours, theirs, copy: 1, file: row, eventId: null };
}
