import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { notificationDeliveredV1, orderAcknowledgedV1, paymentSucceededV1, topics, type BreakDetailView, type BreakListView } from '@scantill/contracts';
import { eventMessage, pauseMs, until, type OutgoingMessage } from '@scantill/testing';
import pg from 'pg';
import { alipayId, DATE, paymentId, sales, World, type Sale } from './world.js';

jest.setTimeout(120_000);
const WITHIN_MINUTES = 30;
/** All that was paid at ten has to be heard of by half past. */
const PAID_AT = `${DATE}T10:00:00+08:00`;
const IN_TIME = `${DATE}T10:10:00+08:00`;
const DUE = `${DATE}T10:30:05+08:00`;
const LATER = `${DATE}T11:00:00+08:00`;
/** Longer than any look takes that waits for nobody. */
const LONG_MS = 5_000;
const SALE: Sale = { number: 1, minor: 1_099n };

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;
let offset = 0;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  await ask({ withinMinutes: WITHIN_MINUTES });
  world.platform.clock.set(PAID_AT);
});

/** What the chain's entry of the directory says. */
async function ask(acknowledges: { withinMinutes: number } | undefined): Promise<void> {
  await world.database.query(`insert into directory_entries (kind, id, sequence, data) values ('chain', 'demo', 1, $1)
    on conflict (kind, id) do update set data = excluded.data, position = nextval('directory_positions')`, [JSON.stringify({ chainId: 'demo', name: 'Demo Coffee', orderKeys: [], acknowledges })]);
  await world.platform.directory.refresh();
}

async function send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
  const outcome = await world.platform.server.dispatch(topic, messages.map((message) => ({ ...message, topic, partition: 0, offset: String((offset += 1)), timestampMs: Date.now() })));
  expect(outcome).toEqual({ kind: 'done' });
}

const pay = (...paid: readonly Sale[]) => world.receive(paid.map((sale) => world.succeeded(sale)));
const order = (number: number) => ({ chainId: 'demo', orderId: `A-${number}`, storeId: 'S001' });

function acknowledged(by: 'message' | 'read', at: string, number = 1): OutgoingMessage {
  return eventMessage(orderAcknowledgedV1, `demo:A-${number}`, { ...order(number), tillId: null, paymentId: paymentId(number), by, acknowledgedAt: at });
}

function delivered(at: string, eventType = 'order.paid', number = 1): OutgoingMessage {
  return eventMessage(notificationDeliveredV1, `demo:A-${number}`, { ...order(number), endpointId: 'hook', eventId: randomUUID(), eventType, attempts: 1, deliveredAt: at });
}

const ways = {
  webhook: (at: string) => send(topics.notification, [delivered(at)]),
  message: (at: string) => send(topics.order, [acknowledged('message', at)]),
  read: (at: string) => send(topics.order, [acknowledged('read', at)]),
} as const;
const names = Object.keys(ways) as (keyof typeof ways)[];

/** A further payment of the first order, or one under another account: numbers say whose ids it has. */
function payment(number: number, { orderId = 'A-1', accountId = world.chain.accountId, paidAt = PAID_AT } = {}): OutgoingMessage {
  return eventMessage(paymentSucceededV1, `demo:${orderId}`, {
    chainId: 'demo', orderId, storeId: 'S001', paymentId: paymentId(number), accountId, amount: { currency: 'USD', minor: '1099' }, alipayPaymentId: alipayId(number), wallet: 'GCash', paidAt, reportedAt: paidAt,
  });
}

/** What the worker does once it is that late; what somebody is writing is left for the next time. */
async function look(at: string, by = world): Promise<void> {
  world.platform.clock.set(at);
  const due = await world.database.query<{ key: string }>(`select key from due_work where kind = 'open-unacknowledged' and due_at <= $1 order by key for update skip locked`, [at]);
  await by.more.openUnacknowledged.run(due.map(({ key }) => key));
}

const breaks = async (query = '?status=all') => (await world.ask<BreakListView>('GET', `/v1/breaks${query}`, keys.finance)).body.breaks;
const only = async () => (await world.ask<BreakDetailView>('GET', `/v1/breaks/${(await breaks())[0]!.breakId}`, keys.finance)).body;
const announced = async (type: string) => (await world.database.query<{ data: Record<string, unknown> }>(`select payload::jsonb -> 'data' as data from outbox where payload::jsonb ->> 'type' = $1 order by id`, [type])).map(({ data }) => data);

describe('a paid order', () => {
  it('of which nobody has heard in time is a break of all its money, and not a moment before', async () => {
    await pay(SALE);
    await look(`${DATE}T10:30:04.999+08:00`);
    expect(await breaks()).toEqual([]);
    await look(DUE);
    expect(await breaks()).toMatchObject([{
      kind: 'never-acknowledged', family: 'delivery', severity: 'medium', status: 'open', businessDate: DATE, storeId: 'S001', orderId: 'A-1', paymentId: paymentId(1), transactionType: 'PAYMENT',
      ours: { currency: 'USD', minor: '1099' }, theirs: null, amountAtRisk: { currency: 'USD', minor: '1099' }, causedBy: null, evidence: { file: null, eventId: expect.any(String) },
    }]);
    expect(await announced('reconciliation.break-opened')).toMatchObject([{ kind: 'never-acknowledged', orderId: 'A-1', amountAtRisk: { minor: '1099' } }]);
    expect(await world.database.count(`due_work where kind = 'open-unacknowledged'`)).toBe(0);
  });

  it.each(names)('is none when it was heard of in time by %s', async (way) => {
    await pay(SALE);
    world.platform.clock.set(IN_TIME);
    await ways[way](IN_TIME);
    await look(DUE);
    await look(LATER);
    expect(await breaks()).toEqual([]);
  });

  it.each(names)('is none when it was heard of by %s before we knew of the payment', async (way) => {
    await ways[way](IN_TIME);
    await pay(SALE);
    await look(DUE);
    expect(await breaks()).toEqual([]);
  });

  it.each([
    ['webhook', 'the webhook was taken at 2026-11-24T02:59:00.000Z'],
    ['message', 'the store acknowledged it at 2026-11-24T02:59:00.000Z'],
    ['read', 'the paid order was read at 2026-11-24T02:59:00.000Z'],
  ] as const)('ends as a break when it is heard of later by %s, with the evidence named', async (way, says) => {
    await pay(SALE);
    await look(DUE);
    world.platform.clock.set(`${DATE}T10:59:00+08:00`);
    await ways[way](`${DATE}T10:59:00+08:00`);
    await look(LATER);
    const ended = await only();
    const [{ event_id: eventId } = { event_id: '' }] = await world.database.query<{ event_id: string }>('select event_id from acknowledgements');
    expect(ended).toMatchObject({ status: 'resolved', resolution: { by: 'evidence', file: null, eventId } });
    expect(ended.history.map(({ action, text, details }) => [action, text, details['eventId']])).toEqual([['opened', null, undefined], ['closed-by-evidence', says, eventId]]);
    expect(await announced('reconciliation.break-resolved')).toMatchObject([{ kind: 'never-acknowledged', orderId: 'A-1', resolution: 'evidence' }]);
    expect(await world.database.count(`due_work where kind = 'open-unacknowledged'`)).toBe(0);
  });

  it('ends the same in whatever order its payment, its acknowledgements and the look come, once or twice', async () => {
    const steps = { pay: () => pay(SALE), message: () => ways.message(IN_TIME), webhook: () => ways.webhook(IN_TIME), look: () => look(DUE) };
    const orders = permutations(Object.keys(steps) as (keyof typeof steps)[]);
    for (const order of [...orders, ...orders.map((once) => [...once, ...once])]) {
      await world.database.query('delete from expectations');
      for (const table of ['acknowledgements', 'due_work']) await world.database.query(`delete from ${table}`);
      await world.database.query('truncate breaks, break_history, outbox');
      for (const step of order) await steps[step]();
      await look(LATER);
      expect([order, await breaks('')]).toEqual([order, []]);
    }
  });

  it('counts by its own webhook only: the ones before it tell of no money', async () => {
    await pay(SALE);
    await send(topics.notification, [delivered(IN_TIME, 'order.code-ready'), delivered(IN_TIME, 'order.paid', 2)]);
    await look(DUE);
    expect(await breaks()).toMatchObject([{ orderId: 'A-1' }]);
  });

  it('of which we hear only when its time is over is looked at all the same', async () => {
    world.platform.clock.set(LATER);
    await pay(SALE, { ...SALE, number: 2 });
    await send(topics.order, [acknowledged('message', LATER, 2)]);
    await look(`${DATE}T11:00:05+08:00`);
    expect(await breaks()).toMatchObject([{ orderId: 'A-1' }]);
  });
});

describe('money that went back', () => {
  const back = { ...SALE, refund: 1, paidAt: IN_TIME };

  it.each([
    ['by a cancel', () => world.cancelled(1, true)],
    ['by a refund', () => world.refunded(back)],
  ])('%s before the time is over was nothing to hear of', async (_how, gone) => {
    await pay(SALE);
    await world.receive([gone()]);
    await look(DUE);
    expect(await breaks()).toEqual([]);
  });

  it('later ends the break, too', async () => {
    await pay(SALE);
    await look(DUE);
    await world.receive([world.refunded({ ...back, minor: 1_000n })]);
    await look(LATER);
    expect(await breaks('')).toMatchObject([{ amountAtRisk: { minor: '1099' } }]);
    await world.receive([world.refunded({ ...back, refund: 2, minor: 99n })]);
    await look(`${DATE}T11:30:00+08:00`);
    const ended = await only();
    expect(ended).toMatchObject({ status: 'resolved', resolution: { by: 'evidence', eventId: expect.any(String) } });
    expect(ended.history.at(-1)).toMatchObject({ action: 'closed-by-evidence', text: 'the money went back' });
  });

  it('and bounced is here again', async () => {
    await pay(SALE);
    await world.receive([world.refunded(back)]);
    await world.receive([world.reversed(back)]);
    await look(DUE);
    expect(await breaks()).toMatchObject([{ kind: 'never-acknowledged' }]);
  });
});

describe('an order that was paid twice', () => {
  it('is one break: nobody was told of the second payment', async () => {
    await world.receive([payment(1)]);
    world.platform.clock.set(`${DATE}T10:01:00+08:00`);
    await world.receive([payment(2, { paidAt: `${DATE}T09:59:00+08:00` })]);
    await look(DUE);
    expect(await breaks()).toMatchObject([{ orderId: 'A-1', paymentId: paymentId(1) }]);
  });

  it('is a break for the second payment where the first was none of the order', async () => {
    await world.receive([payment(1)]);
    world.platform.clock.set(`${DATE}T10:01:00+08:00`);
    await world.receive([payment(2)]);
    await look(DUE);
    world.platform.clock.set(LATER);
    await world.receive([world.refunded({ ...SALE, refund: 1, paidAt: LATER, isGiveBack: true })]);
    await look(`${DATE}T11:00:05+08:00`);
    expect((await breaks()).map(({ paymentId: id, status }) => [id, status]).sort()).toEqual([[paymentId(1), 'resolved'], [paymentId(2), 'open']]);
  });
});

describe('the look at a minute', () => {
  it.each([
    ['payment', 'expectations_default', () => pay({ ...SALE, number: 2 }), ['A-1', 'A-2']],
    ['acknowledgement', 'acknowledgements_default', () => ways.message(`${DATE}T10:29:00+08:00`), []],
  ] as const)('misses no %s that was written a moment before and is committed a moment after', async (_what, table, write, found) => {
    await pay(SALE);
    const holder = await holdCommitsOf(table);
    world.platform.clock.set(`${DATE}T10:29:00+08:00`);
    const writing = write();
    await until('it is about to commit', async () => (await world.database.count(`pg_locks where not granted and locktype = 'advisory'`)) === 1);
    await look(DUE);
    await holder.release();
    await writing;
    await look(DUE);
    expect((await breaks()).map(({ orderId }) => orderId).sort()).toEqual(found);
  });

  it('of an account that is busy keeps no other one waiting, and comes again', async () => {
    await world.receive([payment(1, { accountId: 'demo-eur' }), payment(2, { orderId: 'A-2' })]);
    await world.database.query(`create function busy() returns trigger language plpgsql as $$ begin raise exception 'busy' using errcode = '55P03'; end $$`);
    await world.database.query(`create trigger busy before insert on breaks for each row when (new.account_id = 'demo-eur') execute function busy()`);
    try {
      await expect(look(DUE)).rejects.toThrow('busy');
    } finally {
      await world.database.query('drop trigger busy on breaks; drop function busy()');
    }
    expect((await breaks()).map(({ orderId }) => orderId)).toEqual(['A-2']);
    await look(DUE);
    expect((await breaks()).map(({ orderId }) => orderId).sort()).toEqual(['A-1', 'A-2']);
    expect(await world.database.count(`due_work where kind = 'open-unacknowledged'`)).toBe(0);
  });

  it('reads nothing of months in which nothing of it can be', async () => {
    await pay(SALE, { ...SALE, number: 2 });
    await ways.message(IN_TIME);
    const holder = new pg.Client({ connectionString: world.database.url });
    await holder.connect();
    for (const table of ['expectations', 'acknowledgements']) await world.database.query(`create table ${table}_202601 partition of ${table} for values from ('2026-01-01') to ('2026-02-01')`);
    try {
      await holder.query('begin');
      await holder.query('lock table only expectations_202601, acknowledgements_202601 in access exclusive mode');
      expect(await Promise.race([look(DUE).then(() => 'done'), pauseMs(LONG_MS)])).toBe('done');
    } finally {
      await holder.query('rollback');
      await holder.end();
      await world.database.query('drop table expectations_202601, acknowledgements_202601');
    }
    expect(await breaks()).toMatchObject([{ orderId: 'A-2' }]);
  });

  it('ends a break of which somebody hears months later', async () => {
    await pay(SALE);
    await look(DUE);
    const monthsLater = '2027-02-24T10:00:00+08:00';
    world.platform.clock.set(monthsLater);
    await ways.read(monthsLater);
    await look('2027-02-24T10:00:05+08:00');
    expect(await breaks()).toMatchObject([{ status: 'resolved', resolution: { by: 'evidence' } }]);
  });

  it('opens many, by pages, and changes nothing when it is done again, also by two at once', async () => {
    const many = sales(1_100);
    await pay(...many);
    const minute = (await world.database.query<{ key: string }>(`select key from due_work where kind = 'open-unacknowledged'`)).map(({ key }) => key);
    expect(minute).toHaveLength(1);
    const other = await world.another();
    world.platform.clock.set(DUE);
    await Promise.all([world.more.openUnacknowledged.run(minute), other.more.openUnacknowledged.run(minute)]);
    await world.more.openUnacknowledged.run(minute);
    await other.stop();
    expect([await world.database.count('breaks'), await world.database.count('break_history'), (await announced('reconciliation.break-opened')).length]).toEqual([1_100, 1_100, 1_100]);
  });

  it('that dies leaves nothing behind, and the next one does it', async () => {
    await pay(SALE);
    await world.database.query(`create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`);
    await world.database.query('create trigger die before insert on break_history for each row execute function die()');
    try {
      await expect(look(DUE)).rejects.toThrow();
    } finally {
      await world.database.query('drop trigger die on break_history; drop function die()');
    }
    expect([await world.database.count('breaks'), await world.database.count('outbox'), await world.database.count(`due_work where kind = 'open-unacknowledged'`)]).toEqual([0, 0, 1]);
    await look(DUE);
    expect(await breaks()).toHaveLength(1);
  });

  it('leaves what persons resolved as it is, and ends what they are at work on', async () => {
    await pay(SALE, { ...SALE, number: 2 });
    const due = (await world.database.query<{ key: string }>(`select key from due_work where kind = 'open-unacknowledged'`)).map(({ key }) => key);
    await look(DUE);
    const all = await breaks();
    const idOf = (number: number) => all.find(({ orderId }) => orderId === `A-${number}`)!.breakId;
    for (const number of [1, 2]) await world.ask('POST', `/v1/breaks/${idOf(number)}/propose-resolution`, keys.ann, { reason: 'The store has handed them over' });
    expect((await world.ask('POST', `/v1/breaks/${idOf(1)}/approve`, keys.ben)).status).toBe(200);
    await world.more.openUnacknowledged.run(due);
    await send(topics.order, [acknowledged('read', LATER, 2)]);
    await look(LATER);
    expect((await breaks()).map(({ orderId, status, resolution }) => [orderId, status, resolution?.by]).sort()).toEqual([['A-1', 'resolved', 'approval'], ['A-2', 'resolved', 'evidence']]);
  });
});

describe('a chain', () => {
  it('that takes the setting away is told of nothing new', async () => {
    await pay(SALE);
    await ask(undefined);
    await look(DUE);
    expect([await breaks(), await world.database.count(`due_work where kind = 'open-unacknowledged'`)]).toEqual([[], 0]);
  });

  it('that does not ask for it costs no write: no time, no work, no message in the inbox', async () => {
    await ask(undefined);
    await pay(SALE);
    const before = await world.database.count('inbox');
    await ways.webhook(IN_TIME);
    expect(await world.database.count('inbox') - before).toBe(0);
    expect([await world.database.count('expectations where acknowledge_by is not null'), await world.database.count(`due_work where kind = 'open-unacknowledged'`), await world.database.count('acknowledgements')]).toEqual([0, 0, 0]);
    await ask({ withinMinutes: WITHIN_MINUTES });
    await look(LATER);
    expect(await breaks()).toEqual([]);
  });

  it('that asks for it hears nothing of money that was no order\'s any more', async () => {
    await world.receive([world.lateSuccess(SALE)]);
    await look(LATER);
    expect(await breaks()).toEqual([]);
  });
});

/** Whoever writes into the table waits with its commit until it is let go. */
async function holdCommitsOf(table: string): Promise<{ release(): Promise<void> }> {
  const holder = new pg.Client({ connectionString: world.database.url });
  await holder.connect();
  await holder.query('select pg_advisory_lock(77)');
  await holder.query('create function hold() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(77); return null; end $$');
  await holder.query(`create constraint trigger hold after insert on ${table} deferrable initially deferred for each row execute function hold()`);
  return {
    release: async () => {
      await holder.query('select pg_advisory_unlock(77)');
      await holder.query(`drop trigger hold on ${table}`);
      await holder.query('drop function hold()');
      await holder.end();
    },
  };
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  return items.length <= 1 ? [[...items]] : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
