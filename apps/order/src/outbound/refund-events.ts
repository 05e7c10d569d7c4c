import { fromMoney, orderRefundedV1, orderRefundFailedV1, orderRefundRequestedV1, orderRefundReversedV1 } from '@scantill/contracts';
import { assert } from '@scantill/kernel';
import type { OutboxRow } from '@scantill/platform';
import type { PaidOrder } from '../core/order.js';
import { refundSums, type RefundEvent } from '../core/refund.js';
import type { Told, ToRow } from './order-events.js';

/** What the others are told of a refund: it, and the order's sums with it. */
export function toRefundEvent(order: PaidOrder, event: RefundEvent, { told, row }: { readonly told: Told; readonly row: ToRow }): OutboxRow {
  const key = event.kind === 'RefundRequested' ? event.refund.key : event.refundKey;
  const refund = order.refunds.find((each) => each.key === key);
  assert(refund !== undefined, `order ${order.key} has no refund ${key}`);
  const { paymentId, alipayPaymentId, wallet } = order.paid;
  const { refunded, left } = refundSums(order);
  const about = { ...told, paymentId, refundKey: key, amount: fromMoney(refund.amount) };
  const sums = { refunded: fromMoney(refunded), left: fromMoney(left) };
  switch (event.kind) {
    case 'RefundRequested': return row(orderRefundRequestedV1, { ...about, reason: refund.reason });
    case 'RefundSucceeded': return row(orderRefundedV1, { ...about, ...sums, alipayPaymentId, alipayRefundId: event.alipayRefundId, wallet, refundedAt: event.refundedAt.toISOString() });
    case 'RefundFailed': return row(orderRefundFailedV1, { ...about, ...sums, problem: event.problem, resultCode: event.resultCode });
    case 'RefundReversed': return row(orderRefundReversedV1, { ...about, ...sums, reversedAt: event.reversedAt.toISOString() });
  }
}
