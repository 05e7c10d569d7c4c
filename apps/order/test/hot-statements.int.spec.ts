import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { storeCancelRequestedV1, storeOrderRequestedV1, topics } from '@scantill/contracts';
import { blocksTouched, prepareFor, storeMessage, TestChain, type Executed, type Session } from '@scantill/testing';
import { TestOrder } from './start-order.js';

jest.setTimeout(180_000);

const ROWS = 200_000;
const TABLES = ['orders', 'due_work', 'inbox_default'];
const BATCH = 50;
/** For each order of a batch: its index, its row, the places that are written, the due work, the inbox. A walk over the table costs hundreds. */
const BLOCKS_PER_ORDER_MAX = 40;

describe('statements that were planned while the tables were empty', () => {
  const mine = new TestChain('mine');
  const seen = new Map<string, Executed>();
  let order: TestOrder;
  let session: Session & { release(): void };

  beforeAll(async () => {
    order = await TestOrder.start({ chains: [mine], keys: [] });
    await recordStatements();
    session = (await order.platform.database.pool.connect()) as unknown as Session & { release(): void };
    await order.outside.empty();
    // Before the plans are made: changing a table makes them anew, and so would fresh statistics.
    for (const table of TABLES) await order.outside.query(`alter table ${table} set (autovacuum_enabled = off)`);
    for (const executed of seen.values()) await prepareFor(session, executed);
    await fill();
  });

  afterAll(async () => {
    session.release();
    for (const table of TABLES) await order.outside.query(`alter table ${table} reset (autovacuum_enabled)`);
    await order.outside.empty();
    await order.stop();
  });

  /** The statements of real work, with its values: orders are placed and cancelled. */
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
    const orders = Array.from({ length: BATCH }, (_, n) => storeMessage(mine.signer, storeOrderRequestedV1, { chainId: 'mine', ...mine.order(`order-${n * 3_000}`) }));
    const cancels = Array.from({ length: BATCH }, (_, n) => storeMessage(mine.signer, storeCancelRequestedV1, { chainId: 'mine', storeId: 'S001', orderId: `order-${n * 3_000}` }));
    await order.receive(topics.storeOrders, orders);
    await order.receive(topics.storeOrders, cancels);
    database.transaction = transaction;
  }

  /** Without statistics, as after a busy first hour. */
  async function fill(): Promise<void> {
    const { outside } = order;
    await outside.query(`insert into orders (key, chain_id, order_id, store_id, amount_minor, currency, content_hash, content, status, sequence, state, placed_at, valid_until, deadline_at, since)
      select 'mine:order-' || n, 'mine', 'order-' || n, 'S001', 1099, 'USD', 'hash', '{}', 'awaiting-code', 1, '{"isDelayed": false}', now(), now(), now() + interval '1 day', now() from generate_series(1, $1) n`, [ROWS]);
    await outside.query(`insert into due_work (kind, key, due_at) select 'order', 'mine:order-' || n, now() + interval '1 day' from generate_series(1, $1) n`, [ROWS]);
    await outside.query(`insert into inbox_default (source, id, time, sha256) select 'mine', 'id-' || n, '2020-01-01', '\\x00' from generate_series(1, $1) n`, [ROWS]);
  }

  it('touch a handful of blocks for each order of a batch when the tables are large', async () => {
    const touched: Record<string, number> = {};
    for (const [key, executed] of seen) touched[key] = (await blocksTouched(session, executed)) / BATCH;
    expect(Object.keys(touched)).toEqual(expect.arrayContaining(['orders-lock ', 'orders-write true', 'orders-write false', 'inbox-claim ']));
    expect(Object.fromEntries(Object.entries(touched).filter(([, blocks]) => blocks > BLOCKS_PER_ORDER_MAX))).toEqual({});
  });
});
