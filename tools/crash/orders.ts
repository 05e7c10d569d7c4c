import type { Demo } from '../stack/demo.ts';
import type { Chance } from './chance.ts';

/** What becomes of an order: what the customer does with its code, or the till with the order. `race`: both, at the same moment. */
export type Fate = 'pay' | 'decline' | 'abandon' | 'cancel' | 'race';

export interface PlannedOrder {
  readonly orderId: string;
  readonly storeId: string;
  readonly tillId: string;
  readonly amountMinor: number;
  readonly door: 'http' | 'kafka';
  readonly fate: Fate;
  /** The till sends it twice, as one does that did not hear the answer. */
  readonly isRepeated: boolean;
  readonly deadlineSeconds: number;
  /** Seconds for which the order may wait for its first code; the product's own default where there is none. */
  readonly validSeconds?: number;
  /** Life of its code; the product's own default where there is none. */
  readonly codeSeconds?: number;
  /** From the issue of its code until the customer acts. */
  readonly thinkingMs?: number;
}

/** The statuses an order of this fate may end with. Expired and failed are given up by rule: a code that came too late, or never. */
export const endsByFate: Readonly<Record<Fate, readonly string[]>> = {
  pay: ['paid', 'expired', 'failed'],
  decline: ['expired', 'failed'],
  abandon: ['expired', 'failed'],
  cancel: ['cancelled', 'expired', 'failed'],
  race: ['paid', 'cancelled', 'expired', 'failed'],
};

const AMOUNT_MINOR_MAX = 99_999;
/** One in so many is sent twice. */
const REPEATED_EVERY = 20;

export interface Plan {
  /** Begins every order id, so that a part knows its own orders. */
  readonly prefix: string;
  readonly count: number;
  /** Fates by weight: `['pay', 'pay', 'decline']` declines one in three. */
  readonly fates: readonly Fate[];
  readonly doors: readonly PlannedOrder['door'][];
  readonly deadlineSeconds: number;
  readonly validSeconds?: number;
}

export function planOrders({ prefix, count, fates, doors, ...times }: Plan, { stores }: Demo, chance: Chance): PlannedOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const store = chance.pick(stores);
    return {
      orderId: `${prefix}-${String(index + 1).padStart(5, '0')}`,
      storeId: store.id,
      tillId: chance.pick(store.tills),
      amountMinor: chance.between(1, AMOUNT_MINOR_MAX),
      door: chance.pick(doors),
      fate: chance.pick(fates),
      isRepeated: chance.between(1, REPEATED_EVERY) === 1,
      ...times,
    };
  });
}

/** What the till asks for, the same at both doors. */
export function orderRequest({ orderId, storeId, tillId, amountMinor, deadlineSeconds, validSeconds, codeSeconds }: PlannedOrder, now: Date) {
  return {
    orderId,
    storeId,
    tillId,
    amount: { currency: 'USD', minor: String(amountMinor) },
    description: 'Crash test',
    deadlineSeconds,
    ...(codeSeconds === undefined ? {} : { codeSeconds }),
    ...(validSeconds === undefined ? {} : { validUntil: new Date(now.getTime() + validSeconds * 1_000).toISOString() }),
  };
}
