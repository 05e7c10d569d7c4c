import { absolute, assert, subtract, zero, type Money } from '@scantill/kernel';

export type BreakFamily = 'timing' | 'value' | 'identity' | 'state' | 'file' | 'bank' | 'delivery' | 'till';
export type Severity = 'low' | 'medium' | 'high';

/** `whole`: all of the side that is there, theirs first. `ours`: all of what we expected. A missing side is nothing in a `difference`. */
type RiskRule = 'whole' | 'ours' | 'difference' | 'nothing';

interface KindRule {
  readonly family: BreakFamily;
  readonly severity: Severity;
  readonly risk: RiskRule;
  /** Days after it was found until somebody must have dealt with it. */
  readonly dueDays: number;
  /** A later file or message may end it. Otherwise a person has to decide, and that it is no longer found is only recorded. */
  readonly closesItself: boolean;
}

/** Everything that can be between our records, Alipay's files and the bank. */
export const breakKinds = {
  'not-yet-due':               { family: 'timing',   severity: 'low',    risk: 'nothing',    dueDays: 7, closesItself: true },
  'missing-at-alipay':         { family: 'timing',   severity: 'high',   risk: 'whole',      dueDays: 2, closesItself: true },
  'missing-with-us':           { family: 'timing',   severity: 'high',   risk: 'whole',      dueDays: 1, closesItself: true },
  'late':                      { family: 'timing',   severity: 'high',   risk: 'whole',      dueDays: 2, closesItself: true },
  'wrong-day':                 { family: 'timing',   severity: 'low',    risk: 'nothing',    dueDays: 7, closesItself: true },

  'amount-differs':            { family: 'value',    severity: 'high',   risk: 'difference', dueDays: 2, closesItself: true },
  // Amounts of two currencies cannot be compared: nothing of what we expected is there.
  'currency-differs':          { family: 'value',    severity: 'high',   risk: 'ours',       dueDays: 2, closesItself: true },
  'fee-differs':               { family: 'value',    severity: 'medium', risk: 'difference', dueDays: 7, closesItself: true },
  'fx-differs':                { family: 'value',    severity: 'medium', risk: 'difference', dueDays: 7, closesItself: true },
  'net-differs':               { family: 'value',    severity: 'high',   risk: 'difference', dueDays: 2, closesItself: true },

  'duplicate-line':            { family: 'identity', severity: 'high',   risk: 'whole',      dueDays: 2, closesItself: true },
  'two-payments-one-order':    { family: 'identity', severity: 'high',   risk: 'whole',      dueDays: 1, closesItself: false },
  'ambiguous':                 { family: 'identity', severity: 'medium', risk: 'whole',      dueDays: 3, closesItself: true },
  // The money is there; it is counted for another store.
  'wrong-store':               { family: 'identity', severity: 'low',    risk: 'nothing',    dueDays: 7, closesItself: true },

  'paid-after-cancel':         { family: 'state',    severity: 'high',   risk: 'whole',      dueDays: 1, closesItself: false },
  'refund-not-ours':           { family: 'state',    severity: 'high',   risk: 'whole',      dueDays: 1, closesItself: true },
  'refund-exceeds-paid':       { family: 'state',    severity: 'high',   risk: 'difference', dueDays: 1, closesItself: false },
  'cancelled-here-paid-there': { family: 'state',    severity: 'high',   risk: 'whole',      dueDays: 1, closesItself: true },
  'refund-reversed':           { family: 'state',    severity: 'high',   risk: 'whole',      dueDays: 1, closesItself: false },

  'file-missing':              { family: 'file',     severity: 'high',   risk: 'nothing',    dueDays: 3, closesItself: true },
  'file-gap':                  { family: 'file',     severity: 'high',   risk: 'nothing',    dueDays: 1, closesItself: true },
  'file-truncated':            { family: 'file',     severity: 'high',   risk: 'nothing',    dueDays: 1, closesItself: true },
  'file-totals-differ':        { family: 'file',     severity: 'high',   risk: 'difference', dueDays: 1, closesItself: true },
  // It waits for a person to accept it.
  'file-reissued':             { family: 'file',     severity: 'medium', risk: 'difference', dueDays: 2, closesItself: false },
  'unknown-type':              { family: 'file',     severity: 'medium', risk: 'whole',      dueDays: 2, closesItself: false },

  'items-differ-from-summary': { family: 'bank',     severity: 'high',   risk: 'difference', dueDays: 2, closesItself: true },
  'summary-differs-from-bank': { family: 'bank',     severity: 'high',   risk: 'difference', dueDays: 2, closesItself: true },
  'payout-missing':            { family: 'bank',     severity: 'high',   risk: 'whole',      dueDays: 2, closesItself: true },

  'never-acknowledged':        { family: 'delivery', severity: 'medium', risk: 'whole',      dueDays: 1, closesItself: true },
  'till-differs':              { family: 'till',     severity: 'medium', risk: 'difference', dueDays: 1, closesItself: true },
} as const satisfies Record<string, KindRule>;

export type BreakKind = keyof typeof breakKinds;

export const breakKindNames = Object.keys(breakKinds) as readonly BreakKind[];

export function kindsOf(family: BreakFamily): BreakKind[] {
  return breakKindNames.filter((kind) => breakKinds[kind].family === family);
}

/** What we expected and what Alipay, the bank or the till says. At least one of them where the kind puts money at risk. */
export interface Sides {
  readonly ours: Money | null;
  readonly theirs: Money | null;
}

/** Never negative. Undefined where there is no amount at all, as with a file that did not come. */
export function amountAtRisk(kind: BreakKind, { ours, theirs }: Sides): Money | undefined {
  const there = theirs ?? ours;
  if (there === null) return undefined;
  switch (breakKinds[kind].risk) {
    case 'nothing': return zero(there.currency);
    case 'whole': return absolute(there);
    case 'ours': return absolute(ours ?? there);
    case 'difference': return absolute(ours === null || theirs === null ? there : subtract(theirs, ours));
  }
}

/** A consequence is shown and followed, but its money is counted where its cause is. */
export function withoutRisk(amount: Money): Money {
  assert(amount.minor >= 0n, 'an amount at risk is never negative');
  return zero(amount.currency);
}
