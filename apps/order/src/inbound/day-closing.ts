import type { EventData, storeDayClosedV1 } from '@scantill/contracts';
import { money } from '@scantill/kernel';
import type { Received } from '@scantill/platform';
import type { StoreClosing } from '../flows/close-days.js';

/** The closing of a trading day in our words. When it came decides which one stands: by its own clock, a store could be too slow to correct what another clock of the chain has said, or too fast to be corrected. */
export function toClosing({ chainId, storeId, date, from, until, totals }: EventData<typeof storeDayClosedV1>, { brokerTime, sender, cause }: Received): StoreClosing {
  return {
    chainId, storeId, date, from: new Date(from), until: new Date(until), closedAt: brokerTime, sender, cause,
    totals: totals.map(({ currency, sales, refunds }) => ({
      sales: { count: sales.count, amount: money(currency, BigInt(sales.minor)) }, refunds: { count: refunds.count, amount: money(currency, BigInt(refunds.minor)) },
    })),
  };
}
