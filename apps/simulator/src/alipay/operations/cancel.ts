import type { CancelRequest } from '@scantill/alipay';
import { dayOf, instantText, startOfDay } from '../../time.js';
import { findPayment, type Alipay, type Caller } from '../alipay.js';
import { standingRefunds, type Payment } from '../payment.js';
import { refuse, resultOf, type Answer, type ResultCode } from '../results.js';

/** Wallet payments can be cancelled until 00:15 (UTC+8) of the day after the order was placed. */
const WINDOW_AFTER_MIDNIGHT_MS = 15 * 60_000;

/** Closes an unpaid code for good, or gives the money of a paid one back in full. Repeating it changes nothing. */
export function cancel(alipay: Alipay, request: CancelRequest, caller: Caller): Answer {
  const payment = findPayment(alipay, request, caller);
  if (!payment) return refuse('ORDER_NOT_EXIST');
  const objection = objectionTo(payment, alipay.clock.now());
  if (objection) return refuse(objection);
  const { ledger, clock } = alipay;
  if (payment.status !== 'CANCELLED') ledger.record({ type: 'cancelled', number: payment.number, at: ledger.days.bookedAt(clock.now()) });
  return {
    result: resultOf('SUCCESS'),
    paymentRequestId: payment.requestId,
    paymentId: ledger.paymentId(payment),
    cancelTime: instantText(payment.cancelledAt ?? clock.now()),
  };
}

function objectionTo(payment: Payment, now: number): ResultCode | undefined {
  if (payment.status === 'FAIL' || standingRefunds(payment).length > 0) return 'ORDER_STATUS_INVALID';
  const windowEnd = startOfDay(dayOf(payment.issuedAt) + 1) + WINDOW_AFTER_MIDNIGHT_MS;
  return payment.status === 'SUCCESS' && now > windowEnd ? 'CANCEL_WINDOW_EXCEED' : undefined;
}
