import type { InquiryRefundRequest, RefundRequest } from '@scantill/alipay';
import { DAY_MS, instantText } from '../../time.js';
import { findPayment, type Alipay } from '../alipay.js';
import { refundedValue, type Payment, type Refund } from '../payment.js';
import { refuse, resultOf, type Answer, type ResultCode } from '../results.js';

/** By contract, usually twelve months from the payment. */
const WINDOW_MS = 365 * DAY_MS;
const AMOUNT = /^[1-9]\d{0,15}$/;

/** Gives back part or all of a payment, once per request id. */
export function refund(alipay: Alipay, request: RefundRequest): Answer {
  const { ledger, clock, refundDesk } = alipay;
  const payment = findPayment(alipay, request);
  const known = ledger.findRefundByRequestId(request.refundRequestId);
  if (known) return isSame(known, payment, request) ? refundAnswer(alipay, known) : refuse('REPEAT_REQ_INCONSISTENT');
  if (!payment) return refuse('ORDER_NOT_EXIST');
  const objection = objectionTo(payment, request, clock.now());
  if (objection) return refuse(objection);

  const number = ledger.refunds.length;
  ledger.record({
    type: 'refund-accepted', refund: number, number: payment.number, at: clock.now(), requestId: request.refundRequestId,
    referenceId: request.referenceRefundId, value: request.refundAmount.value,
  });
  const accepted = ledger.refunds[number] as Refund;
  if (request.isAsyncRefund === 'true') refundDesk.completeLater(accepted);
  else refundDesk.complete(accepted);
  return refundAnswer(alipay, accepted);
}

export function inquiryRefund(alipay: Alipay, request: InquiryRefundRequest): Answer {
  const { ledger } = alipay;
  const found = request.refundId !== undefined ? ledger.findRefundById(request.refundId) : ledger.findRefundByRequestId(request.refundRequestId ?? '');
  if (!found) return refuse('REFUND_NOT_EXIST');
  return { ...refundAnswer(alipay, found), result: resultOf('SUCCESS'), refundStatus: found.completedAt === undefined ? 'PROCESSING' : 'SUCCESS' };
}

function refundAnswer({ ledger }: Alipay, refund: Refund): Answer {
  return {
    result: resultOf(refund.completedAt === undefined ? 'REFUND_IN_PROCESS' : 'SUCCESS'),
    refundRequestId: refund.requestId,
    refundId: ledger.refundId(refund),
    paymentId: ledger.paymentId(refund.payment),
    refundAmount: { currency: refund.payment.currency, value: refund.value },
    ...(refund.completedAt !== undefined && { refundTime: instantText(refund.completedAt) }),
  };
}

function objectionTo(payment: Payment, { refundAmount }: RefundRequest, now: number): ResultCode | undefined {
  if (payment.status === 'CANCELLED') return 'ORDER_IS_CANCELED';
  if (payment.status === 'FAIL') return 'ORDER_IS_CLOSED';
  if (payment.status === 'PROCESSING') return 'ORDER_STATUS_INVALID';
  if (!AMOUNT.test(refundAmount.value) || refundAmount.currency !== payment.currency) return 'PARAM_ILLEGAL';
  if (now > (payment.paidAt ?? 0) + WINDOW_MS) return 'REFUND_WINDOW_EXCEED';
  return refundedValue(payment) + BigInt(refundAmount.value) > BigInt(payment.value) ? 'REFUND_AMOUNT_EXCEED' : undefined;
}

function isSame(known: Refund, payment: Payment | undefined, { refundAmount }: RefundRequest): boolean {
  return known.payment === payment && known.value === refundAmount.value && payment.currency === refundAmount.currency;
}
