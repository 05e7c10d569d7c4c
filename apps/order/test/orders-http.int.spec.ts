import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TcpLink, TestChain, testDatabaseUrl, until } from '@scantill/testing';
import { TestOrder } from './start-order.js';

describe('the HTTP door for orders', () => {
  const mine = new TestChain('mine');
  const theirs = new TestChain('theirs');
  const key = mine.key(['orders']);
  const storeKey = mine.key(['orders'], 'S002');
  const theirKey = theirs.key(['orders']);
  const reportsKey = mine.key(['reports']);
  let link: TcpLink;
  let order: TestOrder;

  beforeAll(async () => {
    link = await TcpLink.toUrl(testDatabaseUrl('order'));
    order = await TestOrder.start({ chains: [mine, theirs], keys: [key, storeKey, theirKey, reportsKey], databaseUrl: link.through(testDatabaseUrl('order')) });
  });

  afterAll(async () => {
    await order.stop();
    await link.cut();
  });

  const place = (body: unknown, by = key) => order.ask('POST', '/v1/orders', by, body);
  const minor = (text: unknown) => ({ amount: { currency: 'USD', minor: text } });

  it.each([
    ['zero', minor('0'), 'amount.minor'],
    ['negative', minor('-5'), 'amount.minor'],
    ['of thirteen digits', minor('1234567890123'), 'amount.minor'],
    ['with a decimal point', minor('10.99'), 'amount.minor'],
    ['a number instead of text', minor(1099), 'amount.minor'],
    ['with a leading zero', minor('01'), 'amount.minor'],
    ['in an unknown currency', { amount: { currency: 'XXX', minor: '1' } }, 'amount.currency'],
    ['in a currency that an object inherits', { amount: { currency: 'toString', minor: '1' } }, 'amount.currency'],
    ['without a currency', { amount: { minor: '1' } }, 'amount.currency'],
  ])('refuses an amount that is %s, naming the path', async (_what, changes, path) => {
    const answer = await place(mine.order('bad-amount', changes));
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.malformed', errors: [{ path }] } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(await order.statusOf('mine:bad-amount')).toBeUndefined();
  });

  it.each([
    ['a description that is too long', { description: 'x'.repeat(257) }, 'description'],
    ['a NUL in the description', { description: 'a\0b' }, 'description'],
    ['half a character in the description', { description: 'a\ud800' }, 'description'],
    ['an order id that is too long', { orderId: 'x'.repeat(41) }, 'orderId'],
    ['a blank in the order id', { orderId: 'a b' }, 'orderId'],
    ['a line without a name', { lines: [{ name: '', quantity: 1 }] }, 'lines.0.name'],
    ['more lines than a receipt has', { lines: Array.from({ length: 101 }, () => ({ name: 'x', quantity: 1 })) }, 'lines'],
    ['an instant without offset', { validUntil: '2026-11-25T08:00:00' }, 'validUntil'],
    ['a chain in the body', { chainId: 'theirs' }, ''],
    ['an unknown field', { discount: '1' }, ''],
  ])('refuses %s', async (_what, changes, path) => {
    expect(await place(mine.order('bad-form', changes))).toMatchObject({ status: 400, body: { code: 'request.malformed', errors: [{ path }] } });
  });

  it('refuses what is not JSON, too large, or of another media type', async () => {
    const json = { 'content-type': 'application/json' };
    expect(await order.ask('POST', '/v1/orders', key, '{"orderId":', json)).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
    expect(await order.ask('POST', '/v1/orders', key, JSON.stringify(mine.order('big', { description: 'x'.repeat(65_536) })), json)).toMatchObject({ status: 413, body: { code: 'request.too-large' } });
    expect(await order.ask('POST', '/v1/orders', key, 'orderId=1', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 415, body: { code: 'request.unsupported-media-type' } });
    expect(await order.ask('GET', '/v1/nothing', key)).toMatchObject({ status: 404, body: { code: 'request.not-found' } });
  });

  it('answers the same for the same order again, and refuses other content under its id', async () => {
    const first = await place(mine.order('same'));
    expect(first).toMatchObject({ status: 202, body: { status: 'awaiting-code', nextAction: 'wait' } });
    expect(await place(mine.order('same'))).toMatchObject({ status: first.status, body: first.body });
    expect(await place(mine.order('same', { amount: { currency: 'USD', minor: '1100' } }))).toMatchObject({ status: 409, body: { code: 'order.conflict' } });
    expect(await order.toldTypes('mine:same')).toEqual(['order.placed']);
  });

  it('writes one order when the same one comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(mine.order('rush'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await order.toldTypes('mine:rush')).toEqual(['order.placed']);
  });

  it.each([
    ['unknown-store', { storeId: 'S999' }, 'order.unknown-store'],
    ['unknown-till', { tillId: 'T9' }, 'order.unknown-till'],
    ['no-account', { amount: { currency: 'EUR', minor: '1' } }, 'order.no-account'],
  ])('refuses what the directory does not know: %s', async (id, changes, code) => {
    expect(await place(mine.order(id, changes))).toMatchObject({ status: 422, body: { code } });
  });

  it('asks for a key that may do it', async () => {
    expect(await order.ask('POST', '/v1/orders', null, mine.order('no-key'))).toMatchObject({ status: 401, body: { code: 'auth.missing' } });
    expect(await place(mine.order('unknown-key'), mine.key(['orders']))).toMatchObject({ status: 401, body: { code: 'auth.unknown-key' } });
    expect(await place(mine.order('wrong-scope'), reportsKey)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    expect(await place(mine.order('wrong-store'), storeKey)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  });

  it("hides another chain's orders, and other stores' from a key of one store", async () => {
    await place(mine.order('private'));
    for (const [method, path] of [['GET', ''], ['GET', '/code.svg'], ['POST', '/cancel']] as const) {
      for (const by of [theirKey, storeKey]) expect(await order.ask(method, `/v1/orders/private${path}`, by)).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
    }
    expect(await order.ask('GET', '/v1/orders/private', key)).toMatchObject({ status: 200, body: { orderId: 'private' } });
  });

  it('refuses a removed key within a second', async () => {
    const put = `insert into directory_entries (kind, id, sequence, data) values ('api-key', $1, 1, $2)
      on conflict (kind, id) do update set data = excluded.data, position = nextval('directory_positions')`;
    const isRefusedInTime = async (): Promise<boolean> => {
      const removed = mine.key(['orders']);
      const id = removed.entry['keyId'];
      await order.outside.query(put, [id, removed.entry]);
      await until('the key is known', async () => (await order.ask('GET', '/v1/orders/private', removed)).status === 200);
      await order.outside.query(put, [id, { ...removed.entry, removed: true }]);
      const removedAt = Date.now();
      await until('the key is refused', async () => (await order.ask('GET', '/v1/orders/private', removed)).status === 401);
      return Date.now() - removedAt <= 1_000;
    };
    // A busy machine may once take longer, but not every time.
    let isInTime = false;
    for (let attempt = 0; attempt < 5 && !isInTime; attempt += 1) isInTime = await isRefusedInTime();
    expect(isInTime).toBe(true);
  });

  it('refuses a cancel whose reason cannot be kept', async () => {
    await place(mine.order('reason'));
    expect(await order.ask('POST', '/v1/orders/reason/cancel', key, { reason: 'a\0b' })).toMatchObject({ status: 400, body: { code: 'request.malformed', errors: [{ path: 'reason' }] } });
    expect(await order.ask('POST', '/v1/orders/reason/cancel', key)).toMatchObject({ status: 202, body: { status: 'cancelling' } });
  });

  it('answers 503 with Retry-After while PostgreSQL is away, and goes on when it is back', async () => {
    await link.cut();
    for (const answer of [await place(mine.order('no-database')), await order.ask('GET', '/v1/orders/private', key), await order.ask('POST', '/v1/orders/private/cancel', key)]) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
      expect(answer.headers['retry-after']).toBe('1');
    }
    await link.mend();
    await until('it is back', async () => (await place(mine.order('no-database'))).status === 202);
    expect(await order.toldTypes('mine:no-database')).toEqual(['order.placed']);
  });

  it('answers 202 when nobody knows whether the commit happened', async () => {
    await place(mine.order('slow-cancel'));
    await order.outside.query(`create or replace function slow_commit() returns trigger language plpgsql as $$ begin if new.order_id like 'slow%' then perform pg_sleep(4); end if; return null; end $$`);
    await order.outside.query('create constraint trigger slow_commit after insert or update on orders deferrable initially deferred for each row execute function slow_commit()');
    const isCommitting = async () => (await order.outside.count(`pg_stat_activity where datname = current_database() and application_name = 'order' and query = 'COMMIT' and wait_event = 'PgSleep'`)) === 1;
    try {
      for (const [id, ask] of [['slow-place', () => place(mine.order('slow-place'))], ['slow-cancel', () => order.ask('POST', '/v1/orders/slow-cancel/cancel', key)]] as const) {
        const asked = ask();
        await until('it commits', isCommitting);
        await link.cut();
        const answer = await asked;
        await link.mend();
        expect(answer).toMatchObject({ status: 202, body: { orderId: id } });
        await until('it was written all the same', async () => (await order.statusOf(`mine:${id}`)) === (id === 'slow-place' ? 'awaiting-code' : 'cancelling'));
      }
    } finally {
      await order.outside.query('drop function slow_commit cascade');
    }
  });
});
