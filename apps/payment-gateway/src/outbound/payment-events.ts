import {
  fromMoney, paymentAttentionNeededV1, paymentCancelledV1, paymentCodeIssuedV1, paymentDelayedV1, paymentExpiredV1, paymentFailedV1, paymentLateSuccessV1,
  paymentSucceededV1, type EventDefinition,
} from '@scantill/contracts';
import { toOutboxRow, type Cause, type OutboxRow } from '@scantill/platform';
import type { Payment, PaymentEvent, Success } from '../core/payment.js';

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
  const success = ({ alipayPaymentId, wallet, paidAt }: Success, reportedAt: Date) => ({
    ...who, amount: fromMoney(bill.amount), alipayPaymentId, wallet, paidAt: paidAt.toISOString(), reportedAt: reportedAt.toISOString(),
  });
  switch (event.kind) {
    case 'CodeIssued': return row(paymentCodeIssuedV1, { ...who, alipayPaymentId: event.alipayPaymentId, code: { text: event.code.text, expiresAt: event.code.expiresAt.toISOString() } });
    case 'PayUnknown': return event.isFirst ? row(paymentDelayedV1, who) : undefined;
    case 'Succeeded': return row(paymentSucceededV1, success(event.success, event.reportedAt));
    case 'LateSuccess': return row(paymentLateSuccessV1, success(event.success, event.reportedAt));
    case 'Failed': return row(paymentFailedV1, { ...who, resultCode: event.resultCode, byCustomer: event.byCustomer });
    case 'Expired': return row(paymentExpiredV1, { ...who, beforePay: event.beforePay });
    case 'Cancelled': return row(paymentCancelledV1, { ...who, paidBefore: event.paidBefore });
    case 'AttentionNeeded': return row(paymentAttentionNeededV1, { ...who, reason: event.reason, reported: event.reported === null ? null : fromMoney(event.reported) });
    case 'PaymentRequested':
    case 'PaySent':
    case 'Inquired':
    case 'ClosingStarted':
    case 'CancelSent':
    case 'PaidSeen':
    case 'ReportQuarantined': return undefined;
  }
}
