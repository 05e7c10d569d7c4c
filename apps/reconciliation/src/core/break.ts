import { assert, sameMoney, type Money } from '@scantill/kernel';
import { amountAtRisk, type BreakKind, type Sides } from './break-kind.js';

/** What we expected, and what Alipay lists under the same id, signed as in the file. One of them may be missing. */
export interface Pair extends Sides {
  /** The same transaction is listed before. */
  readonly isRepeated: boolean;
}

export interface Verdict {
  readonly kind: BreakKind;
  /** Never negative. */
  readonly amountAtRisk: Money;
}

/** What a pair means; undefined when both sides agree. */
export function judge(pair: Pair): Verdict | undefined {
  const kind = kindOf(pair);
  return kind === undefined ? undefined : verdict(kind, pair);
}

export function verdict(kind: BreakKind, sides: Sides): Verdict {
  const risk = amountAtRisk(kind, sides);
  assert(risk !== undefined, `${kind} needs an amount of one side`);
  return { kind, amountAtRisk: risk };
}

function kindOf({ ours, theirs, isRepeated }: Pair): BreakKind | undefined {
  assert(ours !== null || theirs !== null, 'a pair has at least one side');
  if (theirs === null) return 'missing-at-alipay';
  if (isRepeated) return 'duplicate-line';
  if (ours === null) return 'missing-with-us';
  if (sameMoney(ours, theirs)) return undefined;
  return ours.currency === theirs.currency ? 'amount-differs' : 'currency-differs';
}
