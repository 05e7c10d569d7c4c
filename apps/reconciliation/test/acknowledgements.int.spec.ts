import { describe, expect, it } from '@jest/globals';
import { topics } from '@scantill/contracts';
import { acknowledged, announced, ask, breaks, delivered, DUE, IN_TIME, LATER, look, only, pay, SALE, send, useAcknowledgingChain, ways, WITHIN_MINUTES, world } from './acknowledging.js';
import { DATE, paymentId } from './world.js';

useAcknowledgingChain();
const names = Object.keys(ways) as (keyof typeof ways)[];

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

function permutations<Item>(items: readonly Item[]): Item[][] {
  return items.length <= 1 ? [[...items]] : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
