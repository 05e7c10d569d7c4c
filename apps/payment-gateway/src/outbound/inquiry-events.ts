import { fromMoney, paymentInquiryAnsweredV1 } from '@scantill/contracts';
import { toOutboxRow, type OutboxRow } from '@scantill/platform';
import type { Heard } from '../core/inquiry.js';
import type { Payment } from '../core/payment.js';
import type { KeptInquiry } from './inquiry.repository.js';

/** Within the bound of the contract; Alipay's ids have 64 characters at most. */
const ID_MAX = 64;

/** @param known the payment of ours that it is about, if there is one */
export function toInquiryAnsweredRow(inquiry: KeptInquiry, heard: Heard, known: Payment | undefined, at: Date): OutboxRow {
  const { breakId, chainId, accountId, type, askedBy, rounds, cause } = inquiry;
  const orderId = known?.bill.orderId ?? inquiry.orderId;
  const found = heard.outcome === 'found' ? heard : undefined;
  const data = {
    chainId, accountId, breakId, transactionType: type, orderId, outcome: heard.outcome, askedBy,
    status: found?.status ?? null, resultCode: idText(heard.resultCode), amount: found?.amount ? fromMoney(found.amount) : null,
    requestId: idText(found?.requestId), alipayId: idText(found?.alipayId), movedAt: found?.movedAt?.toISOString() ?? null,
    known: known === undefined ? null : toKnown(inquiry, known), answeredAt: at.toISOString(),
  };
  // Without an order, what is said of one break stays together.
  return toOutboxRow('payment-gateway', { definition: paymentInquiryAnsweredV1, data, key: `${chainId}:${orderId ?? breakId}`, subject: breakId, sequence: rounds, time: at, cause });
}

function toKnown({ requestId, alipayId }: KeptInquiry, { id, bill, status, attention, refunds }: Payment) {
  const refund = refunds.find((each) => each.id === requestId || ('alipayRefundId' in each && each.alipayRefundId === alipayId));
  return { paymentId: id, orderId: bill.orderId, status, attention, refund: refund === undefined ? null : { refundId: refund.id, status: refund.status } };
}

function idText(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text.slice(0, ID_MAX);
}
