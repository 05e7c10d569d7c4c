import type { InquiryRefundRequest, RefundRequest } from '@scantill/alipay';
import { DAY_MS, instantText } from '../../time.js';
import type { Terms } from '../accounts.js';
import { findPayment, type Alipay, type Caller } from '../alipay.js';
import { refundedValue, refundStatus, standingRefunds, type Payment, type Refund } from '../payment.js';
import { refundResult, refuse, refuseAgain, resultOf, type Answer, type ResultCode } from '../results.js';
import { settlementFields } from '../settlement.js';

const AMOUNT = /^[1-9]\d{0,15}$/;
/** Money may come, and then the same request succeeds. Every other refusal is for good. */
const PASSING: readonly ResultCode[] = ['MERCHANT_BALANCE_NOT_ENOUGH', 'PARAM_ILLEGAL'];

/** Gives back part or all of a payment, once per request id. */
export function refund(alipay: Alipay, request: RefundRequest, caller: Caller): Answer {
  const { ledger, clock } = alipay;
  const book = ledger.of(caller.account.clientId);
  const payment = findPayment(alipay, request, caller);
  const known = book.refunds.get(request.refundRequestId);
  if (known) return isSame(known, payment, request) ? refundAnswer(alipay, known) : refuse('REPEAT_REQ_INCONSISTENT');
  const refused = book.refusals.find({ operation: 'refund', requestId: request.refundRequestId });
  if (refused) return refuseAgain(refused, request.refundAmount);
  if (!payment) return refuse('ORDER_NOT_EXIST');
  const objection = objectionTo(payment, request, { now: clock.now(), terms: caller.account.terms });
  if (!objection) return accept(alipay, payment, request, caller);
  if (!PASSING.includes(objection)) {
    const { refundRequestId: requestId, refundAmount: { currency, value } } = request;
    ledger.record({ type: 'request-refused', client: payment.clientId, operation: 'refund', requestId, currency, value, code: objection });
  }
  return refuse(objection);
}

function accept(alipay: Alipay, payment: Payment, request: RefundRequest, { asynchronous: imposed }: Caller): Answer {
  const { ledger, clock, refundDesk } = alipay;
  const number = ledger.refunds.length;
  const asynchronous = imposed ?? (request.isAsyncRefund === 'true' ? refundDesk.asAsked() : undefined);
  ledger.record({
    type: 'refund-accepted', refund: number, number: payment.number, at: clock.now(), requestId: request.refundRequestId,
    referenceId: request.referenceRefundId, value: request.refundAmount.value, asynchronous,
  });
  const accepted = ledger.refunds[number] as Refund;
  if (asynchronous) refundDesk.endLater(accepted);
  else refundDesk.complete(accepted);
  return refundAnswer(alipay, accepted);
}

export function inquiryRefund(alipay: Alipay, request: InquiryRefundRequest, { account: { clientId } }: Caller): Answer {
  const { ledger } = alipay;
  const found = request.refundId !== undefined ? ledger.findRefundById(request.refundId) : ledger.of(clientId).refunds.get(request.refundRequestId ?? '');
  if (found?.payment.clientId !== clientId) return refuse('REFUND_NOT_EXIST');
  return { ...refundAnswer(alipay, found), result: resultOf('SUCCESS'), refundStatus: refundStatus(found) };
}

function refundAnswer({ ledger }: Alipay, refund: Refund): Answer {
  const { currency, settlementCurrency } = refund.payment;
  return {
    result: refundResult(refund),
    refundRequestId: refund.requestId,
    refundId: ledger.refundId(refund),
    paymentId: ledger.paymentId(refund.payment),
    refundAmount: { currency, value: refund.value },
    ...settlementFields(settlementCurrency, { currency, value: refund.value }),
    ...(refund.completedAt !== undefined && { refundTime: instantText(refund.completedAt) }),
  };
}

function objectionTo(payment: Payment, { refundAmount }: RefundRequest, { now, terms }: { now: number; terms: Terms }): ResultCode | undefined {
  if (payment.status === 'CANCELLED') return 'ORDER_IS_CANCELED';
  if (payment.status === 'FAIL') return 'ORDER_IS_CLOSED';
  if (payment.status === 'PROCESSING') return 'ORDER_STATUS_INVALID';
  if (!AMOUNT.test(refundAmount.value) || refundAmount.currency !== payment.currency) return 'PARAM_ILLEGAL';
  if (now > (payment.paidAt ?? 0) + terms.refundWindowDays * DAY_MS) return 'REFUND_WINDOW_EXCEED';
  if (refundedValue(payment) + BigInt(refundAmount.value) > BigInt(payment.value)) return 'REFUND_AMOUNT_EXCEED';
  if (!terms.multipleRefunds && standingRefunds(payment).length > 0) return 'MULTIPLE_REFUNDS_NOT_SUPPORTED';
  if (!terms.partialRefunds && refundAmount.value !== payment.value) return 'PARTIAL_REFUND_NOT_SUPPORTED';
  return terms.hasBalance ? undefined : 'MERCHANT_BALANCE_NOT_ENOUGH';
}

function isSame(known: Refund, payment: Payment | undefined, { refundAmount }: RefundRequest): boolean {
  return known.payment === payment && known.value === refundAmount.value && payment.currency === refundAmount.currency;
}
