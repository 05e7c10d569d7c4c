import { money, sameMoney, type Money } from '@scantill/kernel';
import type { BreakKind } from './break-kind.js';
import { itemsNet, totalRow, type BatchSide, type FileRow } from './batch-side.js';
import { amountOf, isMissing, type Booking, type Payout } from './payout.js';
import { compareSums, TOTAL, type ItemsDiffer } from './summary.js';

/** A difference between items, summary and bank. */
export interface Finding {
  readonly kind: BreakKind;
  /** What it is about, as long as it lasts. */
  readonly subject: string;
  readonly batchId: string;
  /** Of the rows that it is about, or `TOTAL`. */
  readonly type: string;
  readonly date: string;
  readonly ours: Money | null;
  readonly theirs: Money | null;
  readonly row: FileRow | null;
  readonly causedBy: string | null;
}

/** A break of one row of the items, which may be why they do not come to what the summary says. */
export interface RowBreak {
  readonly id: string;
  readonly kind: BreakKind;
  readonly batchId: string;
  readonly type: string;
}

/** Where the bank is compared: what it booked, up to which day it was looked at, and which breaks its amounts may follow from. */
export interface BankView {
  readonly sides: ReadonlyMap<string, BatchSide>;
  readonly coveredUntil: ReadonlyMap<string, string>;
  readonly today: string;
  /** By batch and currency: the break that says that its items and its summary differ. */
  readonly blamed: ReadonlyMap<string, string>;
}

/** Kinds of a row that is there and should not be, or is there under another type. */
const SURPLUS: readonly BreakKind[] = ['duplicate-line', 'missing-with-us', 'refund-not-ours', 'refund-reversed', 'unknown-type', 'ambiguous'];

export function sideKey({ batchId, currency }: Pick<BatchSide, 'batchId' | 'currency'>): string {
  return `${batchId} ${currency}`;
}

export function itemsSubject(batchId: string, type: string, currency: string): string {
  return `items ${batchId} ${type} ${currency}`;
}

/** By its last batch: what else belongs to it, and on which day it was settled, may become known later. */
export function payoutSubject({ batches }: Payout): string {
  const last = batches.at(-1);
  return `pay-out ${last?.batchId} ${last?.net.currency}`;
}

/** Items against their summary, by type; nothing as long as one of them is not there. */
export function itemsFindings(side: BatchSide, rowBreaks: readonly RowBreak[]): Finding[] {
  if (side.items.length === 0 || side.rows.length === 0) return [];
  return compareSums(side.items, side.rows).map((differs) => {
    const { batchId, type, currency } = differs;
    const row = side.rows.find((each) => each.type === type)?.row ?? totalRow(side);
    const net = (sums: BatchSide['items']) => netOfType(sums, type, currency);
    return {
      kind: 'items-differ-from-summary', subject: itemsSubject(batchId, type, currency), batchId, type, date: side.settledOn, ours: net(side.items), theirs: net(side.rows), row,
      causedBy: causeOf(differs, rowBreaks),
    };
  });
}

/** Null where a side has no such type. */
function netOfType(sums: BatchSide['items'], type: string, currency: string): Money | null {
  const some = sums.filter((each) => each.type === type);
  return some.length === 0 ? null : money(currency, some.reduce((sum, { figures }) => sum + figures.net, 0n));
}

/** A break of a row is the cause only where rows with breaks are as many as are too many: what else is missing is a difference of its own. */
function causeOf({ batchId, type, differs }: ItemsDiffer, rowBreaks: readonly RowBreak[]): string | null {
  const ofBatch = rowBreaks.filter((each) => each.batchId === batchId);
  const ofType = ofBatch.filter((each) => each.type === type);
  const count = differs.find(({ figure }) => figure === 'count');
  const surplus = count === undefined ? 0 : Number(count.ours - count.theirs);
  // A row under a type that nobody knows is missing under its own.
  const reasons = surplus > 0 ? ofType.filter(({ kind }) => SURPLUS.includes(kind)) : surplus < 0 ? ofBatch.filter(({ kind }) => kind === 'unknown-type') : ofType;
  if (reasons.length < Math.max(1, Math.abs(surplus))) return null;
  return reasons.map(({ id }) => id).sort()[0] ?? null;
}

/** Undefined where the bank paid what was to be paid, or has time left. */
export function payoutFinding(payout: Payout, view: BankView): Finding | undefined {
  const { batches, end } = payout;
  const last = batches.at(-1);
  if (last === undefined) return undefined;
  const about = { subject: payoutSubject(payout), batchId: last.batchId, type: TOTAL, date: last.settledOn, ours: amountOf(batches) };
  switch (end.kind) {
    case 'differs': return { ...about, kind: 'summary-differs-from-bank', theirs: end.booked, row: rowOf(end.by[0]), causedBy: blameOf(payout, end.booked, view) };
    case 'ambiguous': return { ...about, kind: 'ambiguous', theirs: null, row: rowOf(end.candidates[0]), causedBy: null };
    case 'unbooked': {
      const side = view.sides.get(sideKey({ batchId: last.batchId, currency: last.net.currency }));
      const isDue = isMissing(payout, view.coveredUntil.get(last.net.currency), view.today);
      return isDue ? { ...about, kind: 'payout-missing', theirs: null, row: side === undefined ? null : totalRow(side), causedBy: null } : undefined;
    }
    default: return undefined;
  }
}

/** The bank paid what the items come to: then the summary is wrong, and its money is counted there. */
function blameOf({ batches }: Payout, booked: Money | null, { sides, blamed }: BankView): string | null {
  const own = batches.map(({ batchId, net: { currency } }) => sideKey({ batchId, currency }));
  const known = own.map((key) => sides.get(key)).filter((side) => side !== undefined && side.items.length > 0) as BatchSide[];
  const [first, ...others] = known.map((side) => itemsNet(side));
  if (booked === null || first === undefined || known.length < batches.length) return null;
  const items = others.reduce((sum, { minor }) => ({ ...sum, minor: sum.minor + minor }), first);
  return sameMoney(items, booked) ? own.map((key) => blamed.get(key)).find((id) => id !== undefined) ?? null : null;
}

/** As evidence: a statement's line has no text of its own form, so what it says is put together. */
function rowOf(booking: Booking | undefined): FileRow | null {
  if (booking === undefined) return null;
  const { fileId, line, bookedOn, amount: { currency, minor }, text, reference } = booking;
  return { id: fileId, line, raw: JSON.stringify({ bookedOn, currency, minor: minor.toString(), text, reference }) };
}
