import type { Chance } from '../../crash/chance.ts';
import { demoAccounts } from '../../stack/demo-accounts.ts';

type Door = 'http' | 'kafka';

/** What a customer does with a code. Seconds are business time, from when the code is there. */
export type Visit =
  | { readonly kind: 'pays' | 'declines'; readonly afterSeconds: number; readonly wallet: string }
  /** So long before it expires; below zero it has already. */
  | { readonly kind: 'dawdles'; readonly beforeExpirySeconds: number; readonly wallet: string }
  | { readonly kind: 'scans-twice'; readonly afterSeconds: number; readonly againAfterSeconds: number; readonly wallet: string; readonly otherWallet: string }
  | { readonly kind: 'vanishes' };

/** Something that a customer brings back, so long after the store was told that it is paid. */
export interface PlannedRefund {
  readonly key: string;
  /** Null: all that is left. */
  readonly minor: number | null;
  readonly door: Door;
  readonly afterSeconds: number;
  readonly isRepeated: boolean;
}

/** One customer at a till. Real milliseconds since the day began, else business seconds. */
export interface PlannedSale {
  readonly orderId: string;
  readonly atMs: number;
  readonly storeId: string;
  readonly tillId: string;
  readonly currency: string;
  readonly minor: number;
  readonly door: Door;
  /** The till sends it twice, as one does that did not hear the answer. */
  readonly isRepeated: boolean;
  readonly codeSeconds: number;
  readonly deadlineSeconds: number;
  /** Null: the product's own default. */
  readonly validSeconds: number | null;
  /** With the first code, the second one, and so on; with a further one nobody comes. */
  readonly visits: readonly Visit[];
  /** How often the till asks for a new code when one is closed. */
  readonly newCodes: number;
  readonly cancel: { readonly door: Door; readonly afterSeconds: number } | null;
  readonly refunds: readonly PlannedRefund[];
}

type Stores = readonly { readonly id: string; readonly tills: readonly string[] }[];

const WALLETS = ['alipay-cn', 'kakaopay', 'gcash'] as const;
const VISITS = ['pays', 'pays', 'pays', 'pays', 'pays', 'dawdles', 'dawdles', 'declines', 'vanishes', 'scans-twice'] as const;
const DOORS = ['http', 'http', 'kafka'] as const;
const CODE_SECONDS = [60, 90, 120, 120, 180, 240] as const;
const DEADLINE_SECONDS = { min: 180, max: 480 };
const MINOR_MAX = 99_999;
const REFUNDS_MAX = 4;
/** Few numbers, so that one comes twice, with the same or another amount. */
const REFUND_KEYS = 3;

export function planSale({ orderId, atMs }: Pick<PlannedSale, 'orderId' | 'atMs'>, stores: Stores, chance: Chance): PlannedSale {
  const store = chance.pick(stores);
  const codeSeconds = chance.pick(CODE_SECONDS);
  const minor = chance.between(2, MINOR_MAX);
  const visits = Array.from({ length: 3 }, () => planVisit(codeSeconds, chance));
  return {
    orderId, atMs, storeId: store.id, tillId: chance.pick(store.tills), currency: chance.pick(demoAccounts).currency, minor, door: chance.pick(DOORS),
    isRepeated: chance.next() < 0.1,
    codeSeconds, deadlineSeconds: chance.between(DEADLINE_SECONDS.min, DEADLINE_SECONDS.max), validSeconds: chance.pick([null, 120, 300, 480]),
    visits, newCodes: chance.between(0, 2),
    cancel: chance.next() < 0.2 ? { door: chance.pick(DOORS), afterSeconds: chance.between(0, Math.round(codeSeconds * 1.1)) } : null,
    refunds: chance.next() < 0.4 ? Array.from({ length: chance.between(1, REFUNDS_MAX) }, () => planRefund(minor, chance)) : [],
  };
}

function planVisit(codeSeconds: number, chance: Chance): Visit {
  const wallet = chance.pick(WALLETS);
  const afterSeconds = chance.between(1, Math.round(codeSeconds * 0.7));
  const kind = chance.pick(VISITS);
  switch (kind) {
    case 'pays':
    case 'declines': return { kind, afterSeconds, wallet };
    // In the last moment, or just too late.
    case 'dawdles': return { kind, beforeExpirySeconds: chance.between(-5, 20), wallet };
    case 'scans-twice': return { kind, afterSeconds, againAfterSeconds: chance.between(0, 10), wallet, otherWallet: chance.pick(WALLETS) };
    case 'vanishes': return { kind };
  }
}

/** In part, in whole, too much; now and then the same once more. */
function planRefund(paidMinor: number, chance: Chance): PlannedRefund {
  const part = chance.pick([null, chance.between(1, paidMinor), chance.between(1, Math.ceil(paidMinor / 3)), chance.between(1, Math.ceil(paidMinor / 3)), paidMinor + chance.between(1, paidMinor)]);
  return { key: `R-${chance.between(1, REFUND_KEYS)}`, minor: part, door: chance.pick(DOORS), afterSeconds: chance.between(1, chance.pick([20, 120])), isRepeated: chance.next() < 0.2 };
}
