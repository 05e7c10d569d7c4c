import type { EventData, storeDayClosedV1 } from '@scantill/contracts';
import { money } from '@scantill/kernel';
import type { Received } from '@scantill/platform';
import type { StoreClosing } from '../flows/close-days.js';

/** The closing of a trading day in our words. It is not younger than its arrival: a clock that is ahead must not outdo the corrections that follow. */
export function toClosing({ chainId, storeId, date, from, until, totals }: EventData<typeof storeDayClosedV1>, { time, brokerTime, sender, cause }: Received): StoreClosing {
  const closedAt = time < brokerTime ? time : brokerTime;
  return {
    chainId, storeId, date, from: new Date(from), until: new Date(until), closedAt, sender, cause,
    totals: totals.map(({ currency, sales, refunds }) => ({
      sales: { count: sales.count, amount: money(currency, BigInt(sales.minor)) }, refunds: { count: refunds.count, amount: money(currency, BigInt(refunds.minor)) },
    })),
  };
}
