import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BENCH, saleAt } from './sales.ts';

const ROWS_PER_CHUNK = 2_000;
const PAYOUT_ON = '2026-11-25';
const LATE_ON = '2026-11-27';
const COLUMNS = [
  'request_id', 'type', 'payment_id', 'order_key', 'chain_id', 'store_id', 'account_id', 'currency', 'amount_minor', 'alipay_id', 'paid_at', 'business_date', 'basis', 'event_id',
  'fee_currency', 'fee_minor', 'payout_on', 'late_on',
];
/** What the account agreed: the fee is what the file lists. */
export const CONTRACT = {
  feeRate: BENCH.feeRate, feeOnRefund: 'returned', period: { every: 'day', workingDays: 1 },
} as const;

/** Makes the account known, and a key of a person in finance. No other service runs that would tell of them. @returns the key */
export async function registerAccount(client: pg.Client): Promise<string> {
  const key = `sk_bench_${randomBytes(24).toString('base64url')}`;
  const { chainId, accountId, customerId, merchantId, currency } = BENCH;
  const entries = [
    ['account', accountId, { accountId, chainId, clientId: 'T_111222333', customerId, referenceMerchantId: merchantId, merchantName: 'Demo Coffee', merchantMcc: '5814', settlementCurrency: currency }],
    ['api-key', 'bench', { keyId: 'bench', sha256: createHash('sha256').update(key).digest('hex'), chainId, storeId: null, scopes: ['reports', 'resolve'], owner: { kind: 'person', name: 'Bench' } }],
  ] as const;
  for (const [kind, id, data] of entries) await client.query('insert into directory_entries (kind, id, sequence, data) values ($1, $2, 1, $3)', [kind, id, JSON.stringify(data)]);
  return key;
}

/** What our services would have announced of these sales, put where it is kept; streamed. */
export async function copyExpectations(client: pg.Client, rows: number): Promise<void> {
  const chunks = function* (): Generator<string> {
    for (let from = 0; from < rows; from += ROWS_PER_CHUNK) {
      let chunk = '';
      for (let row = from; row < Math.min(from + ROWS_PER_CHUNK, rows); row += 1) chunk += expectationRow(row, rows);
      yield chunk;
    }
  };
  await pipeline(Readable.from(chunks()), client.query(copyFrom(`copy expectations (${COLUMNS.join(', ')}) from stdin`)));
  // As after weeks of trading: statistics are there, and nobody has to look first whether rows are visible.
  await client.query('vacuum (analyze) expectations');
}

function expectationRow(row: number, rows: number): string {
  const { type, requestId, paymentRequestId, orderId, storeId, minor, feeMinor, alipayId, paidAt } = saleAt(row, rows);
  const { chainId, accountId, currency, date } = BENCH;
  const basis = type === 'PAYMENT' ? 'success' : 'refund';
  return `${requestId}\t${type}\t${paymentRequestId}\t${chainId}:${orderId}\t${chainId}\t${storeId}\t${accountId}\t${currency}\t${minor}\t${alipayId}\t${paidAt}\t${date}\t${basis}\t${requestId}\t${currency}\t${feeMinor}\t${PAYOUT_ON}\t${LATE_ON}\n`;
}
