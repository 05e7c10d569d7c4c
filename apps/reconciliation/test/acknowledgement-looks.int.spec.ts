import { describe, expect, it } from '@jest/globals';
import { paymentSucceededV1, topics } from '@scantill/contracts';
import { eventMessage, until, type OutgoingMessage } from '@scantill/testing';
import pg from 'pg';
import { acknowledged, announced, breaks, DUE, IN_TIME, keys, LATER, look, PAID_AT, pay, SALE, send, useAcknowledgingChain, ways, world } from './acknowledging.js';
import { alipayId, DATE, paymentId, sales } from './world.js';

useAcknowledgingChain();

/** A further payment of the first order, or one under another account: numbers say whose ids it has. */
function payment(number: number, { orderId = 'A-1', accountId = world.chain.accountId, paidAt = PAID_AT } = {}): OutgoingMessage {
  return eventMessage(paymentSucceededV1, `demo:${orderId}`, {
    chainId: 'demo', orderId, storeId: 'S001', paymentId: paymentId(number), accountId, amount: { currency: 'USD', minor: '1099' }, alipayPaymentId: alipayId(number), wallet: 'GCash', paidAt, reportedAt: paidAt,
  });
}

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
    await until('it is about to commit', async () => (await world.database.waitingFor('advisory')) === 1);
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
      // It would be given up where it waits for them.
      await look(DUE);
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
