/** Rows in any order give the same sum. */
export function sumOf(columns: string): string {
  return `coalesce(sum(hash_record_extended(row(${columns}), 0)), 0)::text || ' ' || count(*)::text`;
}

/** The same of texts and amounts, each hashed into the one before: half the time of a record of them. */
function sumOfHashes(texts: string, amounts: string): string {
  const hash = [...texts.split(', ').map((text) => ['text', `coalesce(${text}, '')`]), ...amounts.split(', ').map((amount) => ['int8', amount])].reduce((before, [type, value]) => `hash${type}extended(${value}, ${before})`, '0');
  return `coalesce(sum(${hash}), 0)::text || ' ' || count(*)::text`;
}

const OF_LINE = 'l.class, l.type, l.alipay_id, l.request_id, l.order_key, l.store_id, l.currency';
/** What the lines of transaction files come to. */
export const SUM_OF_LINES = sumOfHashes(OF_LINE, 'l.amount_minor');
/** The same of settlement files. */
export const SUM_OF_SETTLED = sumOfHashes(`${OF_LINE}, l.batch_id, l.net_currency`, 'l.amount_minor, l.net_minor, l.fee_minor');
