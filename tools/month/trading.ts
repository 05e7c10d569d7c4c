import { createHash } from 'node:crypto';
import { Chance } from '../crash/chance.ts';
import { dateOf, SETTLEMENT_CURRENCY, type TradingAccount, type World } from './worlds.ts';

/** A line of the simulator's journal, from which it takes up its books when it starts. */
export type JournalRecord = Readonly<Record<string, unknown>> & { readonly type: string };

export const STORES = ['S001', 'S002'] as const;
const MINOR: Readonly<Record<string, readonly [number, number]>> = { USD: [150, 20_000], JPY: [300, 30_000], KWD: [500, 60_000] };
/** Of a hundred payments. */
const SHARE = { declined: 3, cancelledUnpaid: 3, cancelledPaid: 3, refunded: 10, refundedTwice: 3 };
/** Where a defect is planted, so that there is one on its day. */
const REFUND_EVERY = 4;
const OPEN = { fromHour: 8, hours: 13 };
const LIFE_MS = 14 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
/** Alipay takes cancels until a quarter past midnight. */
const CANCEL_MS = 2 * MINUTE_MS;
const WALLET = { paymentMethodType: 'GCASH', pspName: 'GCash', pspCustomerId: '2170000000000003', displayCustomerId: '0917****456' };
const BOOK = 424_242;
const PERCENT = 100;

/** A payment, whose number Alipay gives when it issues the code. */
interface Sale {
  readonly account: TradingAccount;
  readonly orderId: string;
  readonly storeId: string;
  readonly value: number;
  number: number;
}

/** Everything that is ever sold, as Alipay wrote it down. Payments are numbered through all chains. */
export class Trading {
  /** By Alipay's name of the order. */
  readonly storeOf = new Map<string, string>();
  private readonly happened: { readonly at: number; readonly record: () => JournalRecord }[] = [];
  private payments = 0;
  private refunds = 0;

  /** In the order of time, as everything is in Alipay's files. */
  records(): JournalRecord[] {
    const inOrder = [...this.happened].sort((one, other) => one.at - other.at);
    return [{ type: 'book-opened', book: BOOK }, ...inOrder.map(({ record }) => record())];
  }

  add(world: World, seed: number): void {
    const chance = new Chance(seed);
    for (let nth = 0; nth < world.payments; nth += 1) {
      const day = world.days[Math.floor((nth * world.days.length) / world.payments)] ?? 1;
      const account = world.accounts[nth % world.accounts.length];
      if (account !== undefined) this.sell(world, { account, day, nth }, chance);
    }
  }

  private sell({ chainId, days, defect }: World, { account, day, nth }: { account: TradingAccount; day: number; nth: number }, chance: Chance): void {
    const [least, most] = MINOR[account.currency] ?? [100, 10_000];
    const sale: Sale = { account, orderId: `${chainId}_M-${nth}`, storeId: chance.pick(STORES), value: chance.between(least, most), number: -1 };
    const { value } = sale;
    const at = atHour(day, OPEN.fromHour) + chance.between(0, OPEN.hours * HOUR_MS);
    const paidAt = at + chance.between(2_000, 60_000);
    const lot = chance.between(1, PERCENT);
    this.issue(sale, at);
    if (lot <= SHARE.declined) return this.note(paidAt, () => ({ type: 'failed', number: sale.number, code: 'USER_BALANCE_NOT_ENOUGH' }));
    if (lot <= SHARE.declined + SHARE.cancelledUnpaid) return this.note(paidAt, () => ({ type: 'cancelled', number: sale.number, at: paidAt }));
    this.note(paidAt, () => ({ type: 'paid', number: sale.number, at: paidAt, charge: { wallet: WALLET, currency: account.currency, value: String(value) } }));
    // A defect shall not meet a payment that was undone: what it means there is another matter.
    const isCancelled = defect === undefined && lot <= SHARE.declined + SHARE.cancelledUnpaid + SHARE.cancelledPaid;
    if (isCancelled) return this.note(paidAt + CANCEL_MS, () => ({ type: 'cancelled', number: sale.number, at: paidAt + CANCEL_MS }));
    const times = defect === undefined ? timesRefunded(lot) : Number(nth % REFUND_EVERY === 0);
    const waitMs = defect === undefined && days.includes(day + 1) && chance.next() < 0.5 ? DAY_MS : HOUR_MS;
    for (let time = 1; time <= times; time += 1) this.refund(sale, { at: paidAt + waitMs + time * MINUTE_MS, value: Math.floor(value / (times + 1)), time });
  }

  private issue(sale: Sale, at: number): void {
    const { account, orderId, storeId, value } = sale;
    this.storeOf.set(orderId, storeId);
    this.note(at, () => {
      sale.number = this.payments;
      this.payments += 1;
      return {
        type: 'code-issued', number: sale.number, at, expiresAt: at + LIFE_MS, client: account.clientId, settlementCurrency: SETTLEMENT_CURRENCY, requestId: idOf(`payment ${orderId}`), orderId,
        currency: account.currency, value: String(value), merchant: { merchantId: 'M0001', merchantName: 'Demo Coffee', storeId, storeName: `Demo Coffee ${storeId}` },
        description: sale.number % 10 === 0 ? '2 × Latte, "large"' : '2 × Latte', lines: [], isSandbox: false,
      };
    });
  }

  private refund(sale: Sale, { at, value, time }: { at: number; value: number; time: number }): void {
    let refund = -1;
    this.note(at, () => {
      refund = this.refunds;
      this.refunds += 1;
      return { type: 'refund-accepted', refund, number: sale.number, at, requestId: idOf(`refund ${sale.orderId} ${time}`), value: String(value) };
    });
    this.note(at + 1_000, () => ({ type: 'refund-completed', refund, at: at + 1_000 }));
  }

  private note(at: number, record: () => JournalRecord): void {
    this.happened.push({ at, record });
  }
}

function timesRefunded(lot: number): number {
  return lot > PERCENT - SHARE.refundedTwice ? 2 : lot > PERCENT - SHARE.refunded ? 1 : 0;
}

function idOf(seed: string): string {
  return createHash('md5').update(seed).digest('hex');
}

/** In UTC+8. */
function atHour(day: number, hour: number): number {
  return Date.parse(`${dateOf(day)}T${String(hour).padStart(2, '0')}:00:00+08:00`);
}
