import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Operation } from '@scantill/alipay';
import { confirm, paymentOf } from './alipay-side.js';
import { callsOf, errorsAbout } from './evidence.js';
import { answering, noFaults, plan, type FaultRule } from './faults.js';
import type { Answer } from './http.js';
import { find, orderPaid, refund, sell, type OrderAnswer, type Sale } from './till.js';
import { codesOf, type CodeTreated, type Treatment } from './treatments.js';

const usd = (minor: string) => ({ currency: 'USD' as const, minor });
/** In process for so long, that it has to be asked about twice. */
const IN_PROCESS_MS = 1_500;
/** So long that another refund can be tried meanwhile. */
const LONG_IN_PROCESS_MS = 8_000;

interface Given extends CodeTreated {
  readonly sale: Sale;
  readonly answer: Answer<OrderAnswer>;
}

/** Sells an order for each code, has it paid, and gives a part back while Alipay answers as planned. */
async function giveBackForEach(operation: 'refund' | 'inquiryRefund', faultsOf: (each: CodeTreated) => readonly Omit<FaultRule, 'paymentRequestId'>[]): Promise<ReadonlyMap<string, Given>> {
  const paid = await Promise.all(codesOf(operation).map(async (each) => {
    const sale = await sell();
    await confirm(sale.code);
    await orderPaid(sale.orderId);
    return { ...each, sale };
  }));
  await plan(paid.flatMap((each) => faultsOf(each).map((rule) => ({ ...rule, paymentRequestId: each.sale.paymentId }))));
  const given = await Promise.all(paid.map(async (each) => ({ ...each, answer: await refund(each.sale.orderId, 'R-1', usd('400')) })));
  return new Map(given.map((each) => [each.code, each]));
}

const having = (operation: Operation, isSo: (treatment: Treatment) => boolean) => codesOf(operation).filter(({ treatment }) => isSo(treatment)).map(({ code }) => code);
const isRefusal = (treatment: Treatment) => treatment.startsWith('refund.');
const isUndecided = (treatment: Treatment) => !isRefusal(treatment) && treatment !== 'accepted';

/** Operation, verdict and id of every call about the refund. */
async function story({ sale }: Given): Promise<{ said: string[]; ids: Set<unknown> }> {
  const calls = await callsOf(sale.orderId, 'refund', 'inquiryRefund');
  return { said: calls.map(({ operation, verdict }) => `${operation} ${verdict}`), ids: new Set(calls.map(({ request }) => request['refundRequestId'])) };
}

/** A part went back, once. */
async function expectGiven({ sale: { orderId }, answer }: Given): Promise<void> {
  expect([answer.status, answer.body.code]).toEqual([201, null]);
  expect(answer.body).toMatchObject({ status: 'partly-refunded', refunded: usd('400'), left: usd('699'), refunds: [{ refundKey: 'R-1', status: 'succeeded' }] });
  expect((await paymentOf(orderId)).refunds).toEqual([expect.objectContaining({ value: '400', status: 'SUCCESS' })]);
}

function expectComplaint({ sale: { paymentId }, treatment, verdict }: Given, operation: Operation): void {
  expect(errorsAbout(paymentId).map((line) => [line.operation, line.result])).toEqual(treatment === 'misconfigured' ? [[operation, verdict]] : []);
}

afterAll(noFaults);

describe('a refund that is answered by', () => {
  let refunds: ReadonlyMap<string, Given>;
  beforeAll(async () => {
    refunds = await giveBackForEach('refund', (each) => {
      if (each.status === 'S') return [];
      const isTaken = each.code === 'REFUND_IN_PROCESS';
      return [{ operation: 'refund', times: 1, fault: isTaken ? { kind: 'refund-asynchronous', ms: 500 } : answering(each) }];
    });
  });

  it.each(having('refund', (treatment) => treatment === 'accepted'))('%s has given the money back', async (code) => {
    await expectGiven(refunds.get(code)!);
    expect((await story(refunds.get(code)!)).said).toEqual(['refund S SUCCESS']);
  });

  it.each(having('refund', isRefusal))('%s is refused with a stable code, and reserves nothing any more', async (code) => {
    const given = refunds.get(code)!;
    expect(given.answer).toMatchObject({ status: 409, body: { code: given.treatment, detail: `Alipay answered ${code}` } });
    expect((await find(given.sale.orderId)).body).toMatchObject({
      status: 'paid', refunded: usd('0'), left: usd('1099'), refunds: [{ refundKey: 'R-1', status: 'failed', problem: given.treatment, resultCode: code }],
    });
    expect((await story(given)).said).toEqual([`refund ${given.verdict}`]);
    // What was reserved can be given back under another key.
    expect((await refund(given.sale.orderId, 'R-2', usd('1099'))).body).toMatchObject({ status: 'refunded', left: usd('0') });
  });

  it.each(having('refund', isUndecided))('%s is neither yes nor no: asked again or asked about, under the same id', async (code) => {
    const given = refunds.get(code)!;
    await expectGiven(given);
    const { said, ids } = await story(given);
    expect(said[0]).toBe(`refund ${given.verdict}`);
    expect(said[1]?.split(' ')[0]).toBe(given.treatment === 'ask' ? 'inquiryRefund' : 'refund');
    expect(said.at(-1)).toMatch(/^(refund|inquiryRefund) S SUCCESS$/);
    expect(ids.size).toBe(1);
    expectComplaint(given, 'refund');
  });
});

describe('a refund in process whose inquiry is answered by', () => {
  let refunds: ReadonlyMap<string, Given>;
  beforeAll(async () => {
    refunds = await giveBackForEach('inquiryRefund', (each) => [
      { operation: 'refund', times: 1, fault: { kind: 'refund-asynchronous', ms: IN_PROCESS_MS } },
      ...(each.status === 'S' ? [] : [{ operation: 'inquiryRefund', times: 1, fault: answering(each) } as const]),
    ]);
  });

  it.each(having('inquiryRefund', () => true))('%s keeps its reserve until Alipay says what became of it', async (code) => {
    const given = refunds.get(code)!;
    await expectGiven(given);
    const { said, ids } = await story(given);
    expect(said.slice(0, 2)).toEqual(['refund U REFUND_IN_PROCESS', `inquiryRefund ${given.verdict}`]);
    // What Alipay does not know is asked for again; what it may know is asked about.
    if (given.status !== 'S') expect(said[2]).toMatch(given.treatment === 'not-found' ? /^refund / : /^inquiryRefund S SUCCESS$/);
    expect(ids.size).toBe(1);
    expectComplaint(given, 'inquiryRefund');
  });
});

describe('a refund that Alipay takes up and then gives up', () => {
  it('is refused, and what it reserved can be given back again', async () => {
    const { orderId, code, paymentId } = await sell();
    await confirm(code);
    await orderPaid(orderId);
    await plan([{ operation: 'refund', paymentRequestId: paymentId, times: 1, fault: { kind: 'refund-asynchronous', ms: LONG_IN_PROCESS_MS, outcome: 'FAIL' } }]);
    const first = refund(orderId, 'R-1', usd('700'));
    // While it is unknown what became of it, its amount is taken.
    expect(await reserved(orderId)).toEqual(usd('399'));
    expect(await refund(orderId, 'R-2', usd('400'))).toMatchObject({ status: 409, body: { code: 'refund.exceeds-paid' } });
    expect(await first).toMatchObject({ status: 409, body: { code: 'refund.refused' } });
    expect((await refund(orderId, 'R-3', usd('1099'))).body).toMatchObject({ status: 'refunded' });
  });
});

async function reserved(orderId: string): Promise<unknown> {
  for (;;) {
    const { body } = await find(orderId);
    if (body.refunds.length > 0) return body.left;
  }
}
