import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callsOf, errorsAbout, verdictsOf } from './evidence.js';
import { allStruck, answering, noFaults, plan, type FaultRule } from './faults.js';
import { find, newOrder, orderWhen, place, told, toldUntil } from './till.js';
import { codesOf, type CodeTreated } from './treatments.js';

/** Inquiries every 3 s, three of them, then a cancel; on a busy machine. */
const CLOSED_WITHIN_MS = 45_000;

const codes = codesOf('pay');
const having = (...treatments: readonly CodeTreated['treatment'][]) => codes.filter(({ treatment }) => treatments.includes(treatment)).map(({ code }) => code);
const orderIds = new Map<string, string>();
const orderOf = (code: string): string => orderIds.get(code) ?? '';
const verdictOf = (code: string): string => codes.find((each) => each.code === code)?.verdict ?? '';

/** What Alipay does with the calls of one order. What is asked about afterwards must exist, so there the call takes effect before its answer. */
function faultsFor(each: CodeTreated): FaultRule[] {
  if (each.treatment === 'accepted') return [];
  if (each.treatment !== 'ask') return [{ operation: 'pay', nth: 1, fault: answering(each) }];
  if (each.status === 'U') return [{ operation: 'pay', nth: 1, fault: { kind: 'u-after-effect', resultCode: each.code } }];
  return [{ operation: 'pay', nth: 1, fault: 'lost-after-effect' }, { operation: 'pay', nth: 2, fault: answering(each) }];
}

/** One order after the other: a plan counts every call to pay, also those of other orders. */
async function placeWith(each: CodeTreated): Promise<void> {
  await plan(faultsFor(each));
  const { body } = await place(newOrder(), '');
  orderIds.set(each.code, body.orderId);
  await allStruck();
  // None of its calls must meet what is planned for the next order.
  if (each.treatment === 'repeat' || each.treatment === 'accepted') await orderWhen(body.orderId, 'to have a code', ({ code }) => code !== null);
}

beforeAll(async () => {
  // Those that take long go first.
  for (const each of codes.toSorted((a, b) => Number(b.treatment === 'ask') - Number(a.treatment === 'ask'))) await placeWith(each);
  await noFaults();
});
afterAll(noFaults);

describe('an order whose pay is answered by', () => {
  it.each(having('accepted'))('%s has a code', async (code) => {
    expect(await orderWhen(orderOf(code), 'to have a code', (order) => order.code !== null)).toMatchObject({ status: 'awaiting-payment', nextAction: 'show-code' });
    expect(await verdictsOf(orderOf(code), 'pay')).toEqual([verdictOf(code)]);
  });

  it.each(having('refused', 'misconfigured'))('%s is told so, and may get a new code', async (code) => {
    const order = await orderWhen(orderOf(code), 'to be refused', ({ codeStatus }) => codeStatus === 'closed');
    expect(order).toMatchObject({ status: 'awaiting-payment', code: null, nextAction: 'do-not-hand-over', payments: [{ status: 'failed', resultCode: code }] });
    expect(await verdictsOf(orderOf(code), 'pay')).toEqual([verdictOf(code)]);
    expect(await toldUntil('order.code-closed', orderOf(code))).toEqual(['order.code-closed']);
  });

  it.each(having('declined'))('%s is told that the customer cannot pay like this', async (code) => {
    const order = await orderWhen(orderOf(code), 'to be declined', ({ codeStatus }) => codeStatus === 'closed');
    expect(order).toMatchObject({ status: 'awaiting-payment', code: null, nextAction: 'do-not-hand-over', payments: [{ status: 'declined', resultCode: code }] });
    expect(await verdictsOf(orderOf(code), 'pay')).toEqual([verdictOf(code)]);
  });

  it.each(having('misconfigured'))('%s makes the gateway call for somebody', async (code) => {
    const [call] = await callsOf(orderOf(code), 'pay');
    expect(errorsAbout(call?.paymentId ?? '')).toEqual([expect.objectContaining({ accountId: 'demo-usd', operation: 'pay', result: verdictOf(code) })]);
  });

  it.each(having('repeat'))('%s is paid for again under the same id, and has a code', async (code) => {
    const calls = await callsOf(orderOf(code), 'pay');
    expect(calls.map(({ verdict }) => verdict)).toEqual([verdictOf(code), 'S SUCCESS']);
    expect(calls[1]?.request).toEqual(calls[0]?.request);
  });

  it.each(having('ask'))('%s is asked about, cancelled at Alipay and only then closed', async (code) => {
    const order = await orderWhen(orderOf(code), 'to have its unknown payment closed', ({ codeStatus }) => codeStatus === 'closed', CLOSED_WITHIN_MS);
    expect(order).toMatchObject({ status: 'awaiting-payment', code: null, payment: null });
    const calls = await callsOf(orderOf(code));
    const pays = calls.filter(({ operation }) => operation === 'pay').map(({ verdict }) => verdict);
    expect(pays.at(-1)).toBe(verdictOf(code));
    expect(pays).not.toContain('S SUCCESS');
    const after = calls.slice(pays.length).map(({ operation, verdict }) => `${operation} ${verdict}`);
    expect(after).toEqual([...Array<string>(after.length - 1).fill('inquiryPayment S SUCCESS'), 'cancel S SUCCESS']);
    expect(after.length).toBeGreaterThanOrEqual(4);
    expect(new Set(calls.map(({ paymentId }) => paymentId)).size).toBe(1);
  });
});

describe('while it is unknown whether there is a payment', () => {
  it.each(having('ask'))('nobody is told that it failed or was paid: %s', async (code) => {
    expect(await told(orderOf(code))).not.toContain('order.paid');
    expect((await find(orderOf(code))).body.payments.map(({ status }) => status)).not.toContain('paid');
  });
});
