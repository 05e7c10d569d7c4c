import type { CancelAnswer, PaymentInput, StatusReport } from '../src/core/decide-payment.js';
import type { Payment } from '../src/core/payment.js';
import type { RefundAnswer } from '../src/core/refund.js';
import { ALIPAY_ID, AMOUNT, code, success } from './payments.js';

type Standing = { status: 'PROCESSING' | 'CANCELLED' } | { status: 'SUCCESS'; paidAt: Date } | { status: 'FAIL'; resultCode: string };

/** Alipay as its documents describe it, for one payment and without a network. */
export class AlipayModel {
  private standing: Standing | undefined;
  private expiresAt = new Date(0);
  private refundedAt: Date | undefined;

  /** After `cancelUntil` money goes back by a refund only. */
  constructor(private readonly cancelUntil: Date) {}

  /** Money that Alipay has and has not given back. */
  get holdsMoney(): boolean {
    return this.standing?.status === 'SUCCESS' && this.refundedAt === undefined;
  }

  canStillBePaid(now: Date): boolean {
    return this.at(now)?.status === 'PROCESSING';
  }

  pay(expiresAt: Date, now: Date): PaymentInput {
    if (this.at(now) === undefined) {
      if (now >= expiresAt) return { kind: 'pay-misconfigured', resultCode: 'PARAM_ILLEGAL' };
      this.standing = { status: 'PROCESSING' };
      this.expiresAt = expiresAt;
    }
    if (this.standing?.status === 'CANCELLED') return { kind: 'pay-refused', resultCode: 'ORDER_IS_CANCELED', byCustomer: false };
    if (this.standing?.status === 'FAIL') return { kind: 'pay-refused', resultCode: this.standing.resultCode, byCustomer: false };
    return { kind: 'code-issued', alipayPaymentId: ALIPAY_ID, code: { ...code, expiresAt }, now };
  }

  inquire(now: Date): StatusReport['verdict'] {
    const standing = this.at(now);
    if (standing === undefined) return { kind: 'not-found' };
    switch (standing.status) {
      case 'PROCESSING': return { kind: 'processing' };
      case 'CANCELLED': return { kind: 'cancelled' };
      case 'FAIL': return { kind: 'failed', resultCode: standing.resultCode };
      case 'SUCCESS': return { kind: 'success', amount: AMOUNT, success: { ...success, paidAt: standing.paidAt } };
    }
  }

  cancel(now: Date): CancelAnswer {
    const standing = this.at(now);
    if (standing === undefined) return 'not-found';
    if (standing.status === 'FAIL' || this.refundedAt !== undefined) return 'unknown';
    if (standing.status === 'SUCCESS' && now >= this.cancelUntil) return 'window-over';
    this.standing = { status: 'CANCELLED' };
    return 'confirmed';
  }

  /** Of the whole amount, which is all that a give-back asks for. */
  refund(now: Date): RefundAnswer {
    if (this.standing?.status !== 'SUCCESS') return { kind: 'refused', problem: 'refund.refused', resultCode: 'ORDER_STATUS_INVALID' };
    this.refundedAt ??= now;
    return this.inquireRefund();
  }

  inquireRefund(): RefundAnswer {
    return this.refundedAt === undefined ? { kind: 'not-found' } : { kind: 'succeeded', amount: AMOUNT, alipayRefundId: `${ALIPAY_ID}-R`, refundedAt: this.refundedAt };
  }

  /** What the customer does at the code; nothing when it cannot be paid any more. Returns what Alipay notifies. */
  customer(act: 'pays' | 'declines', now: Date): StatusReport['verdict'] | undefined {
    return this.canStillBePaid(now) ? this.settle(act, now) : undefined;
  }

  /** A wallet that took the money before the end, and reports it only now. */
  reportLate(now: Date): StatusReport['verdict'] | undefined {
    return this.at(now)?.status === 'FAIL' ? this.settle('pays', now) : undefined;
  }

  private settle(act: 'pays' | 'declines', now: Date): StatusReport['verdict'] {
    this.standing = act === 'pays' ? { status: 'SUCCESS', paidAt: now } : { status: 'FAIL', resultCode: 'USER_BALANCE_NOT_ENOUGH' };
    return this.inquire(now);
  }

  private at(now: Date): Standing | undefined {
    if (this.standing?.status === 'PROCESSING' && now >= this.expiresAt) this.standing = { status: 'FAIL', resultCode: 'ORDER_IS_CLOSED' };
    return this.standing;
  }
}

/** What nobody may ever see once everything is quiet; undefined when the two agree. */
export function contradiction(payment: Payment, alipay: AlipayModel, now: Date): string | undefined {
  if (payment.status === 'succeeded' && !alipay.holdsMoney) return 'succeeded here, and Alipay holds no money';
  if (alipay.holdsMoney && payment.status !== 'succeeded' && payment.attention === null) return `${payment.status} here, and Alipay holds money that nobody was told of`;
  const isUnpaid = payment.status === 'expired' || payment.status === 'cancelled';
  return isUnpaid && alipay.canStillBePaid(now) ? `${payment.status} here, and the code can still be paid` : undefined;
}
