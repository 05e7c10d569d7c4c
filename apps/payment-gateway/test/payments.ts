import { money, orderKey, type Money, type PaymentId, type RefundId } from '@scantill/kernel';
import { decide, type CancelAnswer, type PaymentInput, type StatusReport } from '../src/core/decide-payment.js';
import { evolve, type Bill, type Code, type Payment, type PaymentEvent, type Success } from '../src/core/payment.js';

const START = new Date('2026-11-25T10:00:00+08:00');

/** Seconds after the order was placed. */
export function at(seconds: number): Date {
  return new Date(START.getTime() + seconds * 1_000);
}

export const VALID_SECONDS = 60;
export const CODE_SECONDS = 540;
/** Well after the code has run out, and long after the order was valid. */
export const AFTER_EXPIRY = at(CODE_SECONDS + 60);

export const PAYMENT_ID = '0123456789abcdef0123456789abcdef' as PaymentId;
export const ALIPAY_ID = '202611251140108001001880H0204595319';
export const AMOUNT = money('USD', 1_099n);

export const bill: Bill = {
  orderKey: orderKey('demo', 'A-1001'), chainId: 'demo', orderId: 'A-1001', storeId: 'pier-1', tillId: 'till-1', accountId: 'demo-usd',
  amount: AMOUNT, description: '2 x Latte', lines: [{ name: 'Latte', quantity: 2 }], storeName: 'Demo Cafe Pier 1', storeMcc: '5814', region: 'US',
  referenceMerchantId: 'M0001', merchantName: 'Demo Cafe', merchantMcc: '5814', settlementCurrency: 'USD',
  codeSeconds: CODE_SECONDS, validUntil: at(VALID_SECONDS), correlationId: 'till-1:42',
};

export const code: Code = { text: 'https://qr.example/281017040000000000000000', expiresAt: at(CODE_SECONDS) };
export const success: Success = { alipayPaymentId: ALIPAY_ID, wallet: 'ALIPAY_CN', paidAt: at(30), charged: null, quote: null };

export const requested: PaymentInput = { kind: 'request', id: PAYMENT_ID, bill, now: at(0) };
export const paySent: PaymentInput = { kind: 'pay-sent', now: at(0) };
export const payUnknown: PaymentInput = { kind: 'pay-unknown', mayRepeat: true };
export const payWithheld: PaymentInput = { kind: 'pay-withheld', wasWritten: true };
export const payRefused: PaymentInput = { kind: 'pay-refused', resultCode: 'RISK_REJECT', byCustomer: false };
export const codeIssued: PaymentInput = { kind: 'code-issued', alipayPaymentId: ALIPAY_ID, code, now: at(1) };
export const close: PaymentInput = { kind: 'close', cause: 'order-cancelled' };
export const cancelSent: PaymentInput = { kind: 'cancel-sent' };
export const cancelConfirmed: PaymentInput = cancelAnswered('confirmed');

export function cancelAnswered(answer: CancelAnswer, now = at(40)): PaymentInput {
  return { kind: 'cancel-answered', answer, now };
}

export function report(verdict: StatusReport['verdict'], receivedAt = at(31), source: StatusReport['source'] = 'inquiry'): PaymentInput {
  return { kind: 'report', report: { source, receivedAt, verdict } };
}

export function successReport(amount: Money | null = AMOUNT): StatusReport['verdict'] {
  return { kind: 'success', amount, success };
}

export const REFUND_ID = '00000000000000000000000000000001' as RefundId;

export function requestRefund(minor: bigint, key: string | null = 'R-1', id = REFUND_ID): PaymentInput {
  return { kind: 'request-refund', refund: { id, key, amount: money('USD', minor), reason: null, requestedAt: at(100) } };
}

/** How a decision table names an input. */
export function nameOf(input: PaymentInput): string {
  switch (input.kind) {
    case 'report': return `reported ${input.report.verdict.kind}`;
    case 'cancel-answered': return `cancel ${input.answer}`;
    case 'refund-answered': return `refund ${input.answer.kind}`;
    case 'operate': return `operator's ${input.action}`;
    default: return input.kind;
  }
}

export interface Story {
  readonly payment: Payment;
  readonly events: readonly PaymentEvent[];
}

/** Folds inputs in order, as the unit of work does. */
export function tell(inputs: readonly PaymentInput[], from?: Payment): Story {
  let payment = from;
  const events: PaymentEvent[] = [];
  for (const input of inputs) {
    const decided = decide(payment, input);
    if (!decided.ok) throw new Error(`${nameOf(input)} was refused: ${decided.error.kind}`);
    for (const event of decided.value) {
      payment = evolve(payment, event);
      events.push(event);
    }
  }
  return { payment: payment as Payment, events };
}
