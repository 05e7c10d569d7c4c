import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { paymentInquiryAnsweredV1, type BreakDetailView, type BreakListView, type EventData } from '@scantill/contracts';
import { money, ok } from '@scantill/kernel';
import { eventMessage } from '@scantill/testing';
import { verdict } from '../src/core/break.js';
import type { BreakKind } from '../src/core/break-kind.js';
import { inBulk } from '../src/outbound/bulk.js';
import type { Difference } from '../src/outbound/day-matching.js';
import { WANTED_MAX } from '../src/outbound/wanted-inquiries.js';
import { alipayId, DATE, paymentId, World } from './world.js';

const OWNED = { chainId: 'demo', accountId: 'demo-usd' };
const FILE_ID = randomUUID();
let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set('2026-11-25T10:00:00+08:00');
});

interface Envelope {
  readonly type: string;
  readonly subject: string;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const wanted = async () => (await world.database.query<{ key: string; payload: string }>(`select key, payload from outbox where payload like '%inquiry-wanted%' order by id`))
  .map(({ key, payload }) => ({ key, ...(JSON.parse(payload) as Envelope) }));

/** A line as the file has it, of which nothing was known. */
function foreign(number: number, changes: Partial<Difference> = {}): Difference {
  return {
    subject: null, date: DATE, type: 'PAYMENT', storeId: null, orderKey: `demo:A-${number}`, paymentId: null, requestId: null, alipayId: alipayId(number), ours: null, theirs: money('USD', 1099n), copy: 1,
    file: { id: FILE_ID, line: number, raw: 'as it came' }, eventId: null, ...changes,
  };
}

async function listed(number: number, requestId: string | null): Promise<void> {
  await world.database.query(`insert into lines (business_date, file_id, line, account_id, class, type, alipay_id, request_id, currency, amount_minor, paid_at)
    values ($1, $2, $3, 'demo-usd', 'order', 'PAYMENT', $4, $5, 'USD', 1099, now())`, [DATE, FILE_ID, number, alipayId(number), requestId]);
}

/** As a matching does. */
function found(differences: readonly Difference[], kind: BreakKind = 'missing-with-us') {
  return inBulk(world.platform.database, async (bulk) => {
    const occasion = { at: world.platform.clock.now(), cause: { correlationId: 'the file', causationId: null } };
    await world.keepBreaks.begin(bulk);
    return ok(await world.keepBreaks.found(bulk, OWNED, differences.map((difference) => ({ difference, verdict: verdict(kind, difference), causedBy: null })), occasion));
  });
}

describe('a line that is missing with us', () => {
  it('makes the gateway ask, by both ids that stand in the line', async () => {
    await listed(7, paymentId(7));
    await found([foreign(7)]);
    const [{ breakId } = { breakId: '' }] = (await world.ask<BreakListView>('GET', '/v1/breaks', keys.finance)).body.breaks;
    expect(await wanted()).toMatchObject([{
      key: `demo-usd:${DATE}`, subject: breakId, sequence: 1,
      data: { chainId: 'demo', accountId: 'demo-usd', date: DATE, breakId, transactionType: 'PAYMENT', orderId: 'A-7', requestId: paymentId(7), alipayId: alipayId(7), wantedAt: '2026-11-25T02:00:00.000Z' },
    }]);
  });

  it('also where it is a line of a settlement file', async () => {
    await world.database.query(`insert into settled_lines (business_date, file_id, line, account_id, batch_id, class, type, alipay_id, request_id, currency, amount_minor, net_currency, net_minor, fee_minor, coupon_minor)
      values ($1, $2, 7, 'demo-usd', '2026112401', 'order', 'PAYMENT', $3, $4, 'USD', 1099, 'USD', 1089, -10, 0)`, [DATE, FILE_ID, alipayId(7), paymentId(7)]);
    await found([foreign(7)]);
    expect(await wanted()).toMatchObject([{ data: { requestId: paymentId(7), alipayId: alipayId(7) } }]);
  });

  it('once, however often it is found; and again when a file had ended it and it is there again', async () => {
    for (let time = 0; time < 3; time += 1) await found([foreign(7)]);
    expect(await wanted()).toHaveLength(1);
    await world.database.query(`update breaks set status = 'resolved', resolved_at = now(), resolution = 'evidence'`);
    await found([foreign(7)]);
    expect((await wanted()).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  it('is asked about by what there is of it, and an order\'s number that cannot be one is left out', async () => {
    await listed(7, '');
    await found([foreign(7, { orderKey: 'demo:not a number!' }), foreign(8, { type: 'REFUND', orderKey: null })]);
    expect((await wanted()).map(({ data }) => [data['transactionType'], data['orderId'], data['requestId'], data['alipayId']]).sort()).toEqual([['PAYMENT', null, null, alipayId(7)], ['REFUND', null, null, alipayId(8)]]);
  });

  it('is not where Alipay cannot be asked; nor is another break', async () => {
    await found([foreign(7, { type: 'DISPUTE' })]);
    await found([foreign(8)], 'duplicate-line');
    expect([await world.database.count('breaks'), await wanted()]).toEqual([2, []]);
  });

  it('is one of so many of its day at most: more than that is no lost message', async () => {
    const many = (first: number, count: number, date = DATE) => Array.from({ length: count }, (_, index) => foreign(first + index, { date }));
    await found(many(1, WANTED_MAX - 100));
    await found(many(10_001, 1_000));
    expect(await wanted()).toHaveLength(WANTED_MAX);
    await found(many(20_001, 5));
    expect(await wanted()).toHaveLength(WANTED_MAX);
    await found(many(30_001, 2, '2026-11-23'));
    expect(await wanted()).toHaveLength(WANTED_MAX + 2);
  });
});

describe('what Alipay says of it', () => {
  type Answered = EventData<typeof paymentInquiryAnsweredV1>;
  let breakId: string;
  beforeEach(async () => {
    await found([foreign(7)]);
    breakId = (await wanted())[0]!.subject;
  });

  const answer = (changes: Partial<Answered> = {}): Answered => ({
    chainId: 'demo', accountId: 'demo-usd', breakId, transactionType: 'PAYMENT', orderId: 'A-7', outcome: 'found', askedBy: 'request-id', status: 'succeeded', resultCode: 'SUCCESS',
    amount: { currency: 'USD', minor: '1099' }, requestId: paymentId(7), alipayId: alipayId(7), movedAt: '2026-11-24T02:00:00.000Z',
    known: { paymentId: paymentId(7), orderId: 'A-7', status: 'expired', attention: null, refund: null }, answeredAt: '2026-11-25T02:00:05.000Z', ...changes,
  });
  const told = (changes: Partial<Answered> = {}) => eventMessage(paymentInquiryAnsweredV1, 'demo:A-7', answer(changes));
  const show = async () => (await world.ask<BreakDetailView>('GET', `/v1/breaks/${breakId}`, keys.finance)).body;

  it('is evidence in the history of the break, and decides nothing', async () => {
    const before = await show();
    const { chainId: _, accountId: __, breakId: ___, transactionType: ____, orderId: _____, ...details } = answer();
    await world.receive([told()]);
    const after = await show();
    expect(after.history).toEqual([...before.history, {
      number: 2, at: '2026-11-25T02:00:00.000Z', by: { kind: 'system', name: 'payment-gateway' }, action: 'inquiry-answered',
      text: 'Alipay knows it as succeeded (SUCCESS); the gateway knows the payment as expired', details: { answer: details },
    }]);
    expect(after).toEqual({ ...before, history: after.history });
    expect(await world.database.count(`outbox where payload like '%break-opened%' or payload like '%break-resolved%'`)).toBe(1);
  });

  it('is written down once, however often the message comes', async () => {
    const message = told({ outcome: 'not-found', status: null, amount: null, resultCode: 'ORDER_NOT_EXIST', known: null });
    for (let time = 0; time < 2; time += 1) await world.receive([message, message]);
    expect((await show()).history.map(({ text }) => text)).toEqual([null, 'Alipay does not know it (ORDER_NOT_EXIST); the gateway does not know it']);
  });

  it('is kept with a break that has ended meanwhile, too', async () => {
    await world.database.query(`update breaks set status = 'resolved', resolved_at = now(), resolution = 'evidence'`);
    await world.receive([told()]);
    expect(await show()).toMatchObject({ status: 'resolved', history: [{ action: 'opened' }, { action: 'inquiry-answered' }] });
  });

  it('of a break that is not there, or is of another chain, goes nowhere', async () => {
    await world.receive([told({ chainId: 'other' }), told({ breakId: '0'.repeat(32) })]);
    expect((await show()).history).toHaveLength(1);
  });
});
