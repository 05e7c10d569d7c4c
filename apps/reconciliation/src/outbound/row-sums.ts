/** Rows in any order give the same sum. */
export function sumOf(columns: string): string {
  return `coalesce(sum(hash_record_extended(row(${columns}), 0)), 0)::text || ' ' || count(*)::text`;
}

const OF_LINE = 'l.class, l.type, l.alipay_id, l.request_id, l.order_key, l.store_id, l.currency, l.amount_minor';
/** What the lines of transaction files come to. */
export const SUM_OF_LINES = sumOf(OF_LINE);
/** The same of settlement files. */
export const SUM_OF_SETTLED = sumOf(`${OF_LINE}, l.batch_id, l.net_currency, l.net_minor, l.fee_minor`);
