import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reconciliationInquiryWantedV1, topics, type EventData } from '@scantill/contracts';
import { eventMessage, FixedClock, until, type OutgoingMessage } from '@scantill/testing';
import { alipayPaymentIdOf, failure, FakeAlipay, unknown, type AlipayCall } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';
import { asks, Outside } from './told.js';

type Wanted = EventData<typeof reconciliationInquiryWantedV1>;
const newId = () => randomBytes(16).toString('hex');
const FOUND = { paymentStatus: 'SUCCESS', paymentResultCode: 'SUCCESS', paymentAmount: { currency: 'USD', value: '1099' }, paymentTime: '2026-11-24T10:00:00+08:00', pspCustomerInfo: { pspName: 'GCash', pspCustomerId: '2088secret' } };

describe("what Alipay's file lists and nobody expected", () => {
  const clock = new FixedClock();
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
  });
  beforeEach(() => {
    alipay.script = () => undefined;
    alipay.calls.length = 0;
  });
  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  const wanted = (changes: Partial<Wanted> = {}): Wanted => ({
    chainId: 'demo', accountId: 'usd', date: '2026-11-24', breakId: newId(), transactionType: 'PAYMENT', orderId: null, requestId: newId(), alipayId: '2026112411', wantedAt: '2026-11-25T01:00:00Z', ...changes,
  });
  const want = (each: Wanted, by = gateway, changes: { id?: string; time?: string } = {}) => by.receive(topics.reconciliation, [message(each, changes)]);
  const message = (each: Wanted, changes: { id?: string; time?: string } = {}): OutgoingMessage => eventMessage(reconciliationInquiryWantedV1, `usd:${each.date}`, each, changes);
  const answers = async ({ breakId }: Wanted) => {
    const rows = await outside.database.query<{ key: string; payload: string }>(`select key, payload from outbox where payload like $1 and payload like '%inquiry-answered%' order by id`, [`%${breakId}%`]);
    return rows.map(({ key, payload }) => ({ key, ...(JSON.parse(payload) as { sequence: number; causationId: string; data: Record<string, unknown> }) }));
  };
  const answered = (each: Wanted, times = 1) => until('it is answered', async () => { const all = await answers(each); return all.length >= times ? all.at(-1) : undefined; });
  /** The clock goes on to whatever is due next. @returns the seconds until each next question */
  async function inTheEnd(each: Wanted) {
    const waits: number[] = [];
    const { data } = await until('it is given up', async () => {
      const [due] = await outside.database.query<{ dueAt: Date }>(`select due_at as "dueAt" from due_work where kind = 'inquiry' and key = $1`, [each.breakId]);
      const waitMs = (due?.dueAt.getTime() ?? 0) - clock.now().getTime();
      if (waitMs > 0) {
        waits.push(Math.round(waitMs / 1_000));
        clock.forward(waitMs);
      }
      return (await answers(each))[0];
    });
    return { data, waits };
  }
  const bodies = () => alipay.calls.map(({ operation, body }) => [operation, body]);
  const isAbout = (call: AlipayCall, id: string | null) => Object.values(call.body).includes(id);

  it('is asked about by our request id, and what Alipay says is told, with its evidence', async () => {
    const asked = wanted({ orderId: 'A-7' });
    alipay.found.set(asked.requestId!, FOUND);
    await want(asked);
    const { key, sequence, data } = await answered(asked);
    expect(bodies()).toEqual([['inquiryPayment', { paymentRequestId: asked.requestId }]]);
    expect([key, sequence]).toEqual(['demo:A-7', 1]);
    expect(data).toMatchObject({
      chainId: 'demo', accountId: 'usd', breakId: asked.breakId, transactionType: 'PAYMENT', orderId: 'A-7', outcome: 'found', askedBy: 'request-id', status: 'succeeded', resultCode: 'SUCCESS',
      amount: { currency: 'USD', minor: '1099' }, requestId: asked.requestId, alipayId: alipayPaymentIdOf(asked.requestId!), movedAt: '2026-11-24T02:00:00.000Z', known: null,
    });
    const kept = await outside.database.query<{ verdict: string; response: string }>('select verdict, response from exchanges where payment_id = $1', [asked.requestId]);
    expect(kept).toEqual([{ verdict: 'S SUCCESS', response: expect.not.stringContaining('2088secret') }]);
    expect(await outside.database.count(`due_work where kind = 'inquiry'`)).toBe(0);
  });

  it("is asked about by Alipay's id where the line names none of ours", async () => {
    const asked = wanted({ requestId: null });
    alipay.script = (call) => (isAbout(call, asked.alipayId) ? { ...FOUND, paymentStatus: 'CANCELLED', paymentRequestId: null, paymentId: asked.alipayId } : undefined);
    await want(asked);
    expect((await answered(asked)).data).toMatchObject({ outcome: 'found', askedBy: 'alipay-id', status: 'cancelled', requestId: null, alipayId: asked.alipayId });
    expect(bodies()).toEqual([['inquiryPayment', { paymentId: asked.alipayId }]]);
  });

  it('may be known to Alipay under its own id alone: that is asked next, and only then is it unknown', async () => {
    const [payment, refund] = [wanted(), wanted({ transactionType: 'REFUND' })];
    alipay.script = ({ operation }) => failure(operation === 'inquiryRefund' ? 'REFUND_NOT_EXIST' : 'ORDER_NOT_EXIST');
    await want(payment);
    expect((await answered(payment)).data).toMatchObject({ outcome: 'not-found', askedBy: 'alipay-id', status: null, resultCode: 'ORDER_NOT_EXIST', amount: null });
    await want(refund);
    expect((await answered(refund)).data).toMatchObject({ transactionType: 'REFUND', outcome: 'not-found', askedBy: 'alipay-id', resultCode: 'REFUND_NOT_EXIST' });
    expect(bodies()).toEqual([
      ['inquiryPayment', { paymentRequestId: payment.requestId }], ['inquiryPayment', { paymentId: payment.alipayId }],
      ['inquiryRefund', { refundRequestId: refund.requestId }], ['inquiryRefund', { refundId: refund.alipayId }],
    ]);
  });

  it('may be a payment that we know: how it stands here is told too, and stays as it is', async () => {
    const id = await outside.withCode(gateway, 'known');
    const before = await outside.types('known');
    alipay.found.set(id, FOUND);
    const asked = wanted({ requestId: id });
    await want(asked);
    const { key, data } = await answered(asked);
    expect(data).toMatchObject({ orderId: 'known', status: 'succeeded', known: { paymentId: id, orderId: 'known', status: 'code-issued', attention: null, refund: null } });
    expect([key, await outside.types('known')]).toEqual(['demo:known', [...before, 'payment.inquiry-answered']]);
    expect((await outside.paymentOf('known'))?.status).toBe('code-issued');
    expect(await outside.database.count(`exchanges where payment_id = $1 and operation = 'inquiryPayment'`, [id])).toBe(1);
  });

  it('may be a refund of ours, whose payment names it', async () => {
    const id = await outside.paid(gateway, 'refunded');
    await gateway.receive(asks.topic, [asks.refund('refunded', id, { key: 'r1', minor: 400n })]);
    const refundId = await until('it is given back', async () => (await outside.refunds('refunded')).find(({ status }) => status === 'succeeded')?.id);
    const asked = wanted({ transactionType: 'REFUND', requestId: refundId });
    await want(asked);
    expect((await answered(asked)).data).toMatchObject({ status: 'succeeded', amount: { minor: '400' }, known: { paymentId: id, status: 'succeeded', refund: { refundId, status: 'succeeded' } } });
  });

  it('is asked about once, however often that is wanted, and again when it is wanted after the answer', async () => {
    const asked = wanted();
    alipay.found.set(asked.requestId!, FOUND);
    const same = { id: newId(), time: new Date().toISOString() };
    await want(asked, gateway, same);
    await want(asked, gateway, same);
    await gateway.receive(topics.reconciliation, [message(asked), message(asked)]);
    await answered(asked);
    const calls = () => alipay.callsOf('inquiryPayment', asked.requestId!).length;
    expect([(await answers(asked)).length, calls()]).toEqual([1, 1]);
    await want(asked);
    expect([(await answered(asked, 2)).sequence, calls()]).toEqual([2, 2]);
  });

  it('is asked about one a second at most, for each client id', async () => {
    const startedMs = Date.now();
    const arrivedMs: number[] = [];
    alipay.script = () => { arrivedMs.push(Date.now() - startedMs); return failure('ORDER_NOT_EXIST'); };
    const all = Array.from({ length: 4 }, () => wanted({ requestId: null }));
    await gateway.receive(topics.reconciliation, all.map((each) => message(each)));
    for (const each of all) await answered(each);
    expect(arrivedMs).toHaveLength(4);
    // A call may arrive late, and the next one soon after it; none arrives before its second. A timer may be a millisecond early.
    arrivedMs.forEach((ms, index) => expect(ms).toBeGreaterThanOrEqual(index * 1_000 - index));
  });

  it('is asked about again when Alipay says nothing, ever more rarely; in the end that is told', async () => {
    const asked = wanted({ alipayId: null });
    alipay.script = () => unknown('UNKNOWN_EXCEPTION');
    await want(asked);
    const { data, waits } = await inTheEnd(asked);
    expect(data).toMatchObject({ outcome: 'no-answer', resultCode: 'UNKNOWN_EXCEPTION', status: null });
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300]);
    expect([alipay.callsOf('inquiryPayment', asked.requestId!).length, await outside.database.count(`due_work where kind = 'inquiry'`)]).toEqual([8, 0]);
  });

  it('is told once when its asker died and another took it up, although the first comes to an end after all', async () => {
    const asked = wanted();
    alipay.found.set(asked.requestId!, FOUND);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    alipay.script = async () => { await (alipay.calls.length === 1 ? held : undefined); return undefined; };
    await want(asked);
    await until('it is asked about', () => alipay.calls.length === 1);
    const other = await new TestGateway(alipay.url, clock).start();
    try {
      // As when the lease of the first has run out.
      await outside.database.query(`update due_work set leased_until = null where kind = 'inquiry' and key = $1`, [asked.breakId]);
      await answered(asked);
      release();
      await until('the first has its answer, too', async () => (await outside.database.count('exchanges where payment_id = $1', [asked.requestId])) >= 2);
      expect(await answers(asked)).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  it('on an account without keys is told as not answered, in time', async () => {
    const asked = wanted({ accountId: 'gone' });
    await want(asked);
    expect((await inTheEnd(asked)).data).toMatchObject({ outcome: 'no-answer', resultCode: 'ACCOUNT_NOT_CONFIGURED' });
    expect(alipay.callsOf('inquiryPayment', asked.requestId!)).toEqual([]);
  });
});
