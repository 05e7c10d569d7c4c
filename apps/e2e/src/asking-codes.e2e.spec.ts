import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Operation } from '@scantill/alipay';
import { confirm, paymentOf } from './alipay-side.js';
import { eventually } from './eventually.js';
import { errorsAbout, verdictsOf } from './evidence.js';
import { allStruck, answering, noFaults, plan, type FaultRule } from './faults.js';
import { cancel, find, orderPaid, orderWhen, sell, toldUntil, type Sale } from './till.js';
import { codesOf, type CodeTreated } from './treatments.js';

/** An order whose first call of a kind is answered with a code. */
type Met = CodeTreated & { readonly sale: Sale };

/** Soon after a code was issued the gateway asks about it by itself. */
const UNASKED_MS = 4_000;
const ATTEMPTS_MAX = 5;

/** Sells an order for each code, plans that the first such call about it is answered so, and then does something to each; again with other orders where that took too long. */
async function sellForEach(operation: Operation, act: (sale: Sale) => Promise<unknown>, more: (sale: Sale) => FaultRule[] = () => []): Promise<ReadonlyMap<string, Met>> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const startedAt = Date.now();
    const sales = await Promise.all(codesOf(operation).map(async (each) => ({ sale: await sell(), ...each })));
    const wrong = sales.filter(({ status }) => status !== 'S');
    await plan([...wrong.map((met): FaultRule => ({ operation, paymentRequestId: met.sale.paymentId, times: 1, fault: answering(met) })), ...sales.flatMap(({ sale }) => more(sale))]);
    await Promise.all(sales.map(({ sale }) => act(sale)));
    if (Date.now() - startedAt < UNASKED_MS) return new Map(sales.map((met) => [met.code, met]));
  }
  throw new Error(`some ${codesOf(operation).length} orders could not be sold within ${UNASKED_MS / 1_000} s in ${ATTEMPTS_MAX} attempts`);
}

const named = (operation: Operation) => codesOf(operation).map(({ code }) => code);
const firstThenSuccess = ({ verdict, status }: CodeTreated) => (status === 'S' ? [verdict] : [verdict, 'S SUCCESS']);

afterAll(noFaults);

describe('an inquiry about a paid code that is answered by', () => {
  let sales: ReadonlyMap<string, Met>;
  beforeAll(async () => {
    sales = await sellForEach('inquiryPayment', pay, ({ paymentId }) => [{ operation: 'notifyPayment', paymentRequestId: paymentId, fault: { kind: 'dropped', attempts: 'all' } }]);
    await allStruck();
    // Nobody believes any of these answers, neither as yes nor as no.
    const unsure = [...sales.values()].filter(({ status }) => status !== 'S');
    await Promise.all(unsure.map(({ sale: { orderId } }) => eventually('the first answer to be kept', async () => (await verdictsOf(orderId, 'inquiryPayment')).length > 0)));
  });

  it.each(named('inquiryPayment'))('%s says nothing but the success it finds; the next one is believed', async (code) => {
    const met = sales.get(code)!;
    const { orderId } = met.sale;
    expect(await orderPaid(orderId)).toMatchObject({ nextAction: 'hand-over-goods', amount: { currency: 'USD', minor: '1099' } });
    expect(await verdictsOf(orderId, 'inquiryPayment')).toEqual(firstThenSuccess(met));
    expect(await toldUntil('order.paid', orderId)).toEqual(['order.code-ready', 'order.paid']);
    expect(await paymentOf(orderId)).toMatchObject({ status: 'SUCCESS', refunds: [] });
    expectComplaint(met, 'inquiryPayment');
  });
});

describe('a cancel that is answered by', () => {
  let sales: ReadonlyMap<string, Met>;
  beforeAll(async () => {
    sales = await sellForEach('cancel', ({ orderId }) => cancel(orderId));
    await allStruck();
  });

  it.each(named('cancel'))('%s is over only when Alipay has confirmed it', async (code) => {
    const met = sales.get(code)!;
    const { orderId } = met.sale;
    const order = await orderWhen(orderId, 'to be cancelled', ({ status }) => status === 'cancelled');
    expect(order).toMatchObject({ nextAction: 'do-not-hand-over', code: null });
    expect(await verdictsOf(orderId, 'cancel')).toEqual(firstThenSuccess(met));
    // Asked before each cancel.
    expect(await verdictsOf(orderId, 'inquiryPayment')).toEqual(firstThenSuccess(met).map(() => 'S SUCCESS'));
    expect(await paymentOf(orderId)).toMatchObject({ status: 'CANCELLED', paidAt: null });
    expectComplaint(met, 'cancel');
  });
});

describe('a cancel that comes too late for a customer who has paid meanwhile', () => {
  it('becomes a refund of the whole amount', async () => {
    const sale = await sell();
    const { orderId, paymentId } = sale;
    const unknown = { kind: 'answer', resultStatus: 'U', resultCode: 'UNKNOWN_EXCEPTION' };
    const over = { kind: 'answer', resultStatus: 'F', resultCode: 'CANCEL_WINDOW_EXCEED' };
    const answered = (fault: FaultRule['fault']) => plan([{ operation: 'cancel', paymentRequestId: paymentId, fault }]);
    await answered(unknown);
    await cancel(orderId);
    await eventually('the first cancel', async () => (await verdictsOf(orderId, 'cancel')).length > 0);
    await pay(sale);
    await answered(over);
    await orderWhen(orderId, 'to be cancelled', ({ status }) => status === 'cancelled');
    const payment = await eventually('the money to go back', async () => { const at = await paymentOf(orderId); return at.refunds.length > 0 && at; });
    expect(payment).toMatchObject({ status: 'SUCCESS', refunds: [{ value: '1099', status: 'SUCCESS' }] });
    // The first as often as it took the customer to pay, then the other one: none has succeeded.
    expect([...new Set(await verdictsOf(orderId, 'cancel'))]).toEqual(['U UNKNOWN_EXCEPTION', 'F CANCEL_WINDOW_EXCEED']);
    expect((await find(orderId)).body).toMatchObject({ status: 'cancelled', nextAction: 'do-not-hand-over' });
  });
});

async function pay({ code }: Sale): Promise<void> {
  expect((await confirm(code)).status).toBe(200);
}

function expectComplaint({ sale: { paymentId }, treatment, verdict }: Met, operation: Operation): void {
  const complaints = errorsAbout(paymentId).map((line) => [line.operation, line.result]);
  expect(complaints).toEqual(treatment === 'misconfigured' ? [[operation, verdict]] : []);
}
