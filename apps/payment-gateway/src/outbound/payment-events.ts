import {
  fromMoney, paymentAttentionNeededV1, paymentCancelledV1, paymentCodeIssuedV1, paymentDelayedV1, paymentExpiredV1, paymentFailedV1, paymentLateSuccessV1, paymentRefundFailedV1,
  paymentRefundReversedV1, paymentRefundSucceededV1, paymentSucceededV1, type EventDefinition,
} from '@scantill/contracts';
import { toOutboxRow, type Cause, type OutboxRow } from '@scantill/platform';
import type { Payment, PaymentEvent, Success } from '../core/payment.js';
import { isRefundEvent, type RefundEvent } from '../core/refund.js';

/** Where and when an event of a payment was caused. */
export interface Occasion {
  readonly sequence: number;
  readonly at: Date;
  readonly cause: Cause;
}

/** The event as the others know it; undefined for what only the gateway has to remember. */
export function toPaymentRow(payment: Payment, event: PaymentEvent, occasion: Occasion): OutboxRow | undefined {
  const { bill, id } = payment;
  const who = { chainId: bill.chainId, orderId: bill.orderId, storeId: bill.storeId, paymentId: id, accountId: bill.accountId };
  const row = <Data>(definition: EventDefinition<Data>, data: Data) =>
    toOutboxRow('payment-gateway', { definition, data, key: bill.orderKey, subject: id, sequence: occasion.sequence, time: occasion.at, cause: occasion.cause });
  const success = ({ alipayPaymentId, wallet, paidAt, charged, quote }: Success, reportedAt: Date) => ({
    ...who, amount: fromMoney(bill.amount), alipayPaymentId, wallet, paidAt: paidAt.toISOString(), reportedAt: reportedAt.toISOString(),
    ...(charged === null ? {} : { charged: fromMoney(charged) }), ...(quote === null ? {} : { quote }),
  });
  if (isRefundEvent(event)) return toRefundEvent(payment, event, { who, row });
  switch (event.kind) {
    case 'CodeIssued': return row(paymentCodeIssuedV1, { ...who, alipayPaymentId: event.alipayPaymentId, code: { text: event.code.text, expiresAt: event.code.expiresAt.toISOString() } });
    case 'PayWithheld':
    case 'PayUnknown': return event.isFirst ? row(paymentDelayedV1, who) : undefined;
    case 'Succeeded': return row(paymentSucceededV1, success(event.success, event.reportedAt));
    case 'LateSuccess': return row(paymentLateSuccessV1, success(event.success, event.reportedAt));
    case 'Failed': return row(paymentFailedV1, { ...who, resultCode: event.resultCode, byCustomer: event.byCustomer });
    case 'Expired': return row(paymentExpiredV1, { ...who, beforePay: event.beforePay });
    case 'Cancelled': return row(paymentCancelledV1, { ...who, paidBefore: event.paidBefore });
    // The money that had moved after the end has gone back by a cancel.
    case 'GivenBack': return row(paymentCancelledV1, { ...who, paidBefore: true });
    case 'AttentionNeeded': return row(paymentAttentionNeededV1, { ...who, reason: event.reason, reported: event.reported === null ? null : fromMoney(event.reported) });
    case 'PaymentRequested':
    case 'PaySent':
    case 'Inquired':
    case 'InquiryWanted':
    case 'ClosingStarted':
    case 'CancelSent':
    case 'PaidSeen':
    case 'GivingBack':
    case 'GiveBackTried':
    case 'ReportQuarantined': return undefined;
  }
}

interface Addressed {
  readonly who: { readonly chainId: string; readonly orderId: string; readonly storeId: string; readonly paymentId: string; readonly accountId: string };
  readonly row: <Data>(definition: EventDefinition<Data>, data: Data) => OutboxRow;
}

function toRefundEvent(payment: Payment, event: RefundEvent, { who, row }: Addressed): OutboxRow | undefined {
  const id = 'refund' in event ? event.refund.id : event.id;
  const refund = payment.refunds.find((each) => each.id === id)!;
  const alipayPaymentId = (refund.key === null ? payment.lateSuccess?.alipayPaymentId : payment.status === 'succeeded' ? payment.success.alipayPaymentId : undefined) ?? '';
  const what = { ...who, refundId: refund.id, refundKey: refund.key, amount: fromMoney(refund.amount), alipayPaymentId };
  switch (event.kind) {
    case 'RefundSucceeded': return row(paymentRefundSucceededV1, { ...what, alipayRefundId: event.alipayRefundId, refundedAt: event.refundedAt.toISOString() });
    case 'RefundRefused': return row(paymentRefundFailedV1, { ...what, problem: event.problem, resultCode: null });
    case 'RefundFailed': return row(paymentRefundFailedV1, { ...what, problem: event.problem, resultCode: event.resultCode });
    case 'RefundReversed': return row(paymentRefundReversedV1, { ...what, alipayRefundId: 'alipayRefundId' in refund ? refund.alipayRefundId : '', reversedAt: event.reversedAt.toISOString() });
    case 'RefundRequested':
    case 'RefundSent':
    case 'RefundUnanswered':
    case 'RefundNotArrived': return undefined;
  }
}
