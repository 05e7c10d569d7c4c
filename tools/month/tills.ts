import type { Published } from '../faults/publisher.ts';
import { STORES } from './trading.ts';
import { dateOf, type World } from './worlds.ts';

/** The store closes at four in the morning, as places do that are open late. */
const CLOSES_AT = 'T04:00:00+08:00';
const DAY_MS = 86_400_000;
/** What a till makes up that says one sale more. */
const MADE_UP_MINOR = 100n;

interface Counted {
  count: number;
  minor: bigint;
}

/** What a payment event says of money that moved. */
interface Moved {
  /** Null where no caller asked for the refund. */
  readonly refundKey?: string | null;
  readonly storeId: string;
  readonly amount: { readonly currency: string; readonly minor: string };
  readonly paidAt?: string;
  readonly refundedAt?: string;
}

/** What order would have passed on of the tills: each store closes each of its days, with what it was told as paid and as given back. */
export function closingsOf(world: World, events: readonly Published[]): Published[] {
  return world.days.flatMap((day) => STORES.map((storeId) => closing(world, events, { storeId, day })));
}

function closing(world: World, events: readonly Published[], { storeId, day }: { readonly storeId: string; readonly day: number }): Published {
  const { chainId, accounts, defect } = world;
  const date = dateOf(day);
  const until = new Date(Date.parse(`${date}${CLOSES_AT}`) + DAY_MS).toISOString();
  const window = { storeId, from: Date.parse(`${date}${CLOSES_AT}`), until: Date.parse(until) };
  const isWrong = defect?.name === 'till-one-more' && defect.day === day && storeId === STORES[0];
  const totals = accounts.map(({ currency }) => {
    const sales = addUp(events, 'payment.succeeded', { ...window, currency });
    if (isWrong) Object.assign(sales, { count: sales.count + 1, minor: sales.minor + MADE_UP_MINOR });
    return { currency, sales: onWire(sales), refunds: onWire(addUp(events, 'payment.refund-succeeded', { ...window, currency })) };
  });
  const key = `${chainId}:${storeId}`;
  return {
    key, subject: `${key}/${date}`, type: 'order.day-closed', source: 'order', correlationId: `${key}/${date}`, time: until,
    data: {
      chainId, storeId, date, from: new Date(window.from).toISOString(), until, totals, accounts: Object.fromEntries(accounts.map(({ currency, accountId }) => [currency, accountId])),
      closedAt: until, sentBy: { keyId: `${chainId}-tills`, source: 'month' },
    },
  };
}

function addUp(events: readonly Published[], type: string, { storeId, from, until, currency }: { readonly storeId: string; readonly from: number; readonly until: number; readonly currency: string }): Counted {
  const sum: Counted = { count: 0, minor: 0n };
  for (const event of events) {
    if (event.type !== type) continue;
    const { storeId: itsStore, amount, paidAt, refundedAt, refundKey } = event.data as Moved;
    const at = Date.parse(refundedAt ?? paidAt ?? '');
    if (refundKey === null || itsStore !== storeId || amount.currency !== currency || at < from || at >= until) continue;
    sum.count += 1;
    sum.minor += BigInt(amount.minor);
  }
  return sum;
}

function onWire({ count, minor }: Counted) {
  return { count, minor: minor.toString() };
}
