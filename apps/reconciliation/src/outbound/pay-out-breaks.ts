import type { Bulk } from './bulk.js';

/** Breaks of a batch carry its id instead of a transaction's. */
const EXPLAINED = `select distinct alipay_id as id from breaks where account_id = $1 and alipay_id = any($2::text[])
  and kind in ('items-differ-from-summary', 'summary-differs-from-bank', 'payout-missing', 'ambiguous')`;

export class PayOutBreaks {
  /** Batches of which a break names what does not agree. */
  async batchIds(bulk: Bulk, accountId: string, batchIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (batchIds.length === 0) return new Set();
    return new Set((await bulk.query<{ id: string }>(EXPLAINED, [accountId, [...new Set(batchIds)]])).map(({ id }) => id));
  }
}
