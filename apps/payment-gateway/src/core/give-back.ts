import type { RefundId } from '@scantill/kernel';
import type { CancelAnswer } from './decide-payment.js';
import { isDisagreement, type Payment, type PaymentEvent, type Success } from './payment.js';
import { isOpen } from './refund.js';

/** Then a person is told; nothing gives up silently. */
const CANCELS_MAX = 8;
export const GIVE_BACK_REASON = 'money came after the order had ended';

/**
 * Money that nobody expects is announced once and goes back: by a cancel, which costs nothing, while that is allowed, else as a
 * refund. A payment of ours that succeeded is never cancelled for another one's money.
 */
export function lateSuccess(payment: Payment, success: Success, reportedAt: Date): PaymentEvent[] {
  if (payment.lateSuccess?.alipayPaymentId === success.alipayPaymentId) return [];
  return [{ kind: 'LateSuccess', success, reportedAt }, { kind: 'GivingBack', by: payment.status === 'succeeded' ? 'refund' : 'cancel' }];
}

/** What Alipay says to the cancel that gives back. */
export function giveBackAnswered(payment: Payment, answer: CancelAnswer, now: Date): PaymentEvent[] {
  const { givingBack } = payment;
  if (givingBack?.by !== 'cancel') return [];
  switch (answer) {
    case 'confirmed': return [{ kind: 'GivenBack', cancelledAt: now }];
    case 'window-over': return payment.lateSuccess === undefined ? forPerson(payment) : [{ kind: 'GivingBack', by: 'refund' }];
    case 'not-found': return forPerson(payment);
    case 'unknown': {
      const isLong = givingBack.tries + 1 >= CANCELS_MAX && payment.attention === null;
      return [{ kind: 'GiveBackTried' }, ...(isLong ? attention(payment) : [])];
    }
  }
}

/** The refund that a give-back asks for; its id is made by the caller and kept from then on. */
export function giveBackRefund(payment: Payment, id: RefundId, now: Date): PaymentEvent[] {
  if (payment.givingBack?.by !== 'refund' || payment.lateSuccess === undefined || payment.refunds.some(({ key, status }) => key === null && status !== 'failed')) return [];
  return [{ kind: 'RefundRequested', refund: { id, key: null, amount: payment.bill.amount, reason: GIVE_BACK_REASON, requestedAt: now } }];
}

/** An operator wants it tried again. Undefined where there is nothing to give back. */
export function restartGivingBack(payment: Payment): PaymentEvent[] | undefined {
  const isWaiting = payment.lateSuccess !== undefined && payment.givingBack !== undefined;
  // Late money that was given back is not there any more, whatever a report says of it afterwards.
  const isReportedOnly = payment.status !== 'succeeded' && payment.lateSuccess === undefined && isDisagreement(payment.attention);
  if (!isWaiting && !isReportedOnly) return undefined;
  // Its refund is under way, and a cancel would only wait for it.
  if (payment.refunds.some((refund) => refund.key === null && isOpen(refund))) return [];
  return [{ kind: 'GivingBack', by: payment.status === 'succeeded' ? 'refund' : 'cancel' }];
}

function forPerson(payment: Payment): PaymentEvent[] {
  return [{ kind: 'GivingBack', by: 'person' }, ...attention(payment)];
}

function attention(payment: Payment): PaymentEvent[] {
  return [{ kind: 'AttentionNeeded', reason: 'late money could not be given back', reported: payment.bill.amount }];
}
