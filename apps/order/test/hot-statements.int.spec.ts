import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { paymentSucceededV1, storeAcknowledgedV1, storeCancelRequestedV1, storeOrderRequestedV1, storeRefundRequestedV1, topics } from '@scantill/contracts';
import { blocksTouched, eventMessage, prepareFor, storeMessage, TestChain, type Executed, type Session } from '@scantill/testing';
import { usd } from './gateway-reports.js';
import { TestOrder } from './start-order.js';

const ROWS = 200_000;
const TABLES = ['orders', 'order_refunds', 'due_work', 'inbox_default'];
const BATCH = 50;
const REFUNDS_WRITE = 'order-refunds-write';
/** For each order of a batch: its index, its row, the places that are written, the due work, the inbox. A walk over the table costs hundreds. */
const BLOCKS_PER_ORDER_MAX = 40;

describe('statements that were planned while the tables were empty', () => {
  const mine = new TestChain('mine', 'T_111222333', { withinMinutes: 30 });
  const seen = new Map<string, Executed>();
  /** Those of the main job: orders are placed, paid and cancelled, and nothing is given back. */
  let ofMainJob: readonly string[] = [];
  let order: TestOrder;
  let session: Session & { release(): void };

  beforeAll(async () => {
    order = await TestOrder.start({ chains: [mine], keys: [] });
    await recordStatements();
    session = (await order.platform.database.pool.connect()) as unknown as Session & { release(): void };
    await order.outside.empty();
    // Before the plans are made: changing a table makes them anew, and so would fresh statistics.
    for (const table of TABLES) await order.outside.query(`alter table ${table} set (autovacuum_enabled = off)`);
    const [ofRefunds, others] = [[...seen.values()].filter(({ name }) => name === REFUNDS_WRITE), [...seen.values()].filter(({ name }) => name !== REFUNDS_WRITE)];
    for (const executed of others) await prepareFor(session, executed);
    // A refund is written only of an order that is there.
    await fillOrders(`n % 3000 = 1`);
    for (const executed of ofRefunds) await prepareFor(session, executed);
    await fill();
  });

  afterAll(async () => {
    session.release();
    for (const table of TABLES) await order.outside.query(`alter table ${table} reset (autovacuum_enabled)`);
    await order.outside.empty();
    await order.stop();
  });

  /** The statements of real work, with its values: orders are placed, cancelled, paid and refunded, the refunds twice, so that there are some to be read. */
  async function recordStatements(): Promise<void> {
    const { database } = order.platform;
    const transaction = database.transaction.bind(database);
    database.transaction = (work) => transaction((tx) => work({
      afterCommit: tx.afterCommit,
      query: async (statement, values) => {
        const key = `${statement.name} ${statement.name === 'orders-write' ? String(values[0] === '[]') : ''}`;
        seen.set(key, { ...statement, values });
        return tx.query(statement, values);
      },
    }));
    const ids = (offset: number) => Array.from({ length: BATCH }, (_, n) => `order-${n * 3_000 + offset}`);
    const place = (orderId: string) => storeMessage(mine.signer, storeOrderRequestedV1, { chainId: 'mine', ...mine.order(orderId) });
    const cancel = (orderId: string) => storeMessage(mine.signer, storeCancelRequestedV1, { chainId: 'mine', storeId: 'S001', orderId });
    const refund = (refundKey: string) => (orderId: string) => storeMessage(mine.signer, storeRefundRequestedV1, { chainId: 'mine', storeId: 'S001', orderId, refundKey, amount: usd('1') });
    await order.receive(topics.storeOrders, ids(0).map(place));
    await order.receive(topics.storeOrders, ids(0).map(cancel));
    await order.receive(topics.storeOrders, ids(1).map(place));
    await order.receive(topics.payment, ids(1).map((orderId) => eventMessage(paymentSucceededV1, `mine:${orderId}`, success(mine, orderId))));
    ofMainJob = [...seen.keys()];
    for (const refundKey of ['r1', 'r2']) await order.receive(topics.storeOrders, ids(1).map(refund(refundKey)));
    await order.receive(topics.storeOrders, ids(1).map((orderId) => storeMessage(mine.signer, storeAcknowledgedV1, { chainId: 'mine', storeId: 'S001', orderId })));
    database.transaction = transaction;
  }

  async function fillOrders(which: string): Promise<void> {
    await order.outside.query(`insert into orders (key, chain_id, order_id, store_id, amount_minor, currency, content_hash, content, status, paid_at, sequence, state, placed_at, valid_until, deadline_at, since)
      select 'mine:order-' || n, 'mine', 'order-' || n, 'S001', 1099, 'USD', 'hash', '{}', case n % 3000 when 1 then 'paid' else 'awaiting-code' end, case n % 3000 when 1 then now() end, 1, '{"isDelayed": false}', now(), now(), now() + interval '1 day', now() from generate_series(1, $1) n where ${which} on conflict (key) do nothing`, [ROWS]);
  }

  /** Without statistics, as after a busy first hour. */
  async function fill(): Promise<void> {
    const { outside } = order;
    await fillOrders('true');
    await outside.query(`insert into order_refunds (order_key, refund_key, amount_minor, status, requested_at) select 'mine:order-' || n, 'r1', 1, 'requested', now() from generate_series(1, $1) n`, [ROWS]);
    await outside.query(`insert into due_work (kind, key, due_at) select 'order', 'mine:order-' || n, now() + interval '1 day' from generate_series(1, $1) n`, [ROWS]);
    await outside.query(`insert into inbox_default (source, id, time, sha256) select 'mine', 'id-' || n, '2020-01-01', '\\x00' from generate_series(1, $1) n`, [ROWS]);
  }

  it('touch a handful of blocks for each order of a batch when the tables are large', async () => {
    const touched: Record<string, number> = {};
    for (const [key, executed] of seen) touched[key] = (await blocksTouched(session, executed)) / BATCH;
    expect(Object.keys(touched)).toEqual(expect.arrayContaining(['orders-lock ', 'orders-write true', 'orders-write false', 'orders-acknowledge ', 'orders-find ', 'order-refunds-lock ', 'order-refunds-write ', 'inbox-claim ']));
    expect(Object.fromEntries(Object.entries(touched).filter(([, blocks]) => blocks > BLOCKS_PER_ORDER_MAX))).toEqual({});
  });

  it('are no more than before for orders without a refund', () => {
    expect(ofMainJob.map((key) => key.split(' ')[0]).filter((name) => name?.startsWith('order'))).toEqual(['orders-lock', 'orders-write', 'orders-write']);
  });
});

function success({ id: chainId, accountId }: TestChain, orderId: string) {
  const at = '2026-11-25T10:00:30+08:00';
  return { chainId, orderId, storeId: 'S001', paymentId: 'a'.repeat(32), accountId, amount: usd('1099'), alipayPaymentId: '2026', wallet: null, paidAt: at, reportedAt: at };
}
