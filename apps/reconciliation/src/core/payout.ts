import { add, zero, type Money } from '@scantill/kernel';
import type { BankLine } from './bank-line.js';
import { addDays, addWorkingDays } from './calendar.js';
import type { ContractTerms } from './contract.js';

/** How many working days after its batch a pay-out may take until the bank has booked it. */
export const BOOKING_WORKING_DAYS = 5;
/** An older edition of Alipay's rules has the files on the day after the money; a weekend may be between. */
const BOOKED_BEFORE_DAYS = 3;
/** Shorter ids may be words of something else. */
export const ID_LENGTH_MIN = 8;

/** What a batch comes to in one currency. */
export interface Batch {
  readonly batchId: string;
  readonly settledOn: string;
  readonly net: Money;
  /** Less accumulates until a later pay-out. */
  readonly minimumMinor: bigint;
  /** The last day on which the bank books it. */
  readonly dueOn: string;
  /** The first day on which it is missing, whether there is a statement or not; null without a contract. */
  readonly missingOn: string | null;
}

/** A booked line, and the statement that it is in. */
export interface Booking extends BankLine {
  readonly fileId: string;
}

/** `pending`: it pays out nothing yet, since it accumulates, or will be taken off a later pay-out. */
export type PayoutEnd =
  | { readonly kind: 'pending' }
  | { readonly kind: 'unbooked' }
  | { readonly kind: 'paid'; readonly by: readonly Booking[] }
  /** `booked` is null where the bank booked another currency. */
  | { readonly kind: 'differs'; readonly booked: Money | null; readonly by: readonly Booking[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Booking[] };

/** Batches that are paid out together, the last of them last. */
export interface Payout {
  readonly batches: readonly Batch[];
  readonly end: PayoutEnd;
}

export function amountOf(batches: readonly Batch[]): Money {
  const currency = batches[0]?.net.currency ?? 'USD';
  return batches.reduce((sum, { net }) => add(sum, net), zero(currency));
}

/** By day, then by id: what accumulates does so in this order, whichever file came first. */
export function inOrder(batches: readonly Batch[]): Batch[] {
  return [...batches].sort((one, other) => compareTexts(orderOf(one), orderOf(other)));
}

/** Batches that Alipay pays out together by its own rule: what is below the minimum waits for what comes after it. */
export function accumulate(batches: readonly Batch[]): Batch[][] {
  const groups: Batch[][] = [];
  for (const some of Map.groupBy(inOrder(batches), ({ net }) => net.currency).values()) {
    let group: Batch[] = [];
    for (const batch of some) {
      // What comes to nothing neither waits nor is waited for.
      if (batch.net.minor === 0n) continue;
      group.push(batch);
      if (!isPaidOut(group)) continue;
      groups.push(group);
      group = [];
    }
    if (group.length > 0) groups.push(group);
  }
  return groups;
}

export function isPaidOut(group: readonly Batch[]): boolean {
  const minimum = group.at(-1)?.minimumMinor ?? 0n;
  const { minor } = amountOf(group);
  return minor > 0n && minor >= minimum;
}

/** The same booking in statements that overlap is one: each counts as often as the statement has it that has it most often. */
export function distinct(bookings: readonly Booking[]): Booking[] {
  const alike = Map.groupBy(bookings, (booking) => textOf(booking));
  return [...alike.keys()].sort(compareTexts).flatMap((key) => {
    const statements = [...Map.groupBy(alike.get(key) ?? [], ({ fileId }) => fileId)].sort(([one, some], [other, more]) => more.length - some.length || compareTexts(one, other));
    return [...(statements[0]?.[1] ?? [])].sort((one, other) => one.line - other.line);
  });
}

/** Until when a statement must have been looked through, and how long the contract bears with it after that. */
export function payoutDays(settledOn: string, terms: ContractTerms | undefined): Pick<Batch, 'dueOn' | 'missingOn'> {
  const holidays = new Set(terms?.holidays);
  const dueOn = addWorkingDays(settledOn, BOOKING_WORKING_DAYS, holidays);
  return { dueOn, missingOn: terms === undefined ? null : addWorkingDays(dueOn, terms.tolerance.workingDays + 1, holidays) };
}

/** @param coveredUntil up to which day statements of its currency were looked through */
export function isMissing({ batches, end }: Payout, coveredUntil: string | undefined, today: string): boolean {
  const last = batches.at(-1);
  if (end.kind !== 'unbooked' || last === undefined) return false;
  return (coveredUntil !== undefined && coveredUntil >= last.dueOn) || (last.missingOn !== null && today >= last.missingOn);
}

/** Whole words alone, so that an id within a longer number names nothing. */
export function wordsOf({ text, reference }: Pick<BankLine, 'text' | 'reference'>): ReadonlySet<string> {
  return new Set(`${text} ${reference ?? ''}`.split(/[^A-Za-z0-9]+/).filter((word) => word.length >= ID_LENGTH_MIN));
}

/** Whether the bank may have booked a pay-out without naming it. */
export function isCandidate(group: readonly Batch[], { amount, bookedOn }: Booking): boolean {
  const last = group.at(-1);
  const sum = amountOf(group);
  return last !== undefined && amount.currency === sum.currency && amount.minor === sum.minor && addDays(last.settledOn, -BOOKED_BEFORE_DAYS) <= bookedOn && bookedOn <= last.dueOn;
}

function orderOf({ settledOn, batchId, net }: Batch): string {
  return `${settledOn} ${batchId} ${net.currency}`;
}

/** The order of pay-outs: that of their last batches. */
export function keyOfBatches(batches: readonly Batch[]): string {
  const last = batches.at(-1);
  return last === undefined ? '' : orderOf(last);
}

function textOf({ bookedOn, amount, text, reference }: Booking): string {
  return JSON.stringify([bookedOn, amount.currency, amount.minor.toString(), text, reference]);
}

/** By code units, which do not depend on where we run. */
function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
