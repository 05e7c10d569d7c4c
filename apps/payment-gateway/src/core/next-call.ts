import { expiryOf, hasEnded, isDisputed, PAYS_MAX, type Payment } from './payment.js';
import { nextRefund, refundCall, refundGapMs, type Refund } from './refund.js';

/** What to do about a payment that is looked at now. */
export type NextCall =
  | { readonly kind: 'pay' }
  | { readonly kind: 'inquire' }
  | { readonly kind: 'cancel' }
  /** Of money that came after the end. */
  | { readonly kind: 'give-back-cancel' }
  | { readonly kind: 'refund'; readonly refund: Refund }
  | { readonly kind: 'inquire-refund'; readonly refund: Refund }
  /** Met after its order was valid: Alipay is not asked at all. */
  | { readonly kind: 'expire-before-pay' }
  | { readonly kind: 'start-closing'; readonly cause: 'code-expired' | 'pay-unknown' }
  | { readonly kind: 'start-give-back-refund' }
  | { readonly kind: 'nothing' };

const UNKNOWN_INQUIRIES_MAX = 3;

export function nextCall(payment: Payment, now: Date): NextCall {
  if (payment.isInquiryWanted === true || isDisputed(payment)) return { kind: 'inquire' };
  switch (payment.status) {
    case 'requested': {
      const isValid = now <= payment.bill.validUntil;
      if (payment.pays === 0) return isValid ? { kind: 'pay' } : { kind: 'expire-before-pay' };
      // Sent just before we died. Past its time there is no new code any more, but a proper end.
      return isValid && payment.pays < PAYS_MAX && now < expiryOf(payment) ? { kind: 'pay' } : { kind: 'start-closing', cause: 'pay-unknown' };
    }
    case 'unknown': {
      if (payment.pays < PAYS_MAX && now < payment.expiresAt) return { kind: 'pay' };
      return payment.asking.inquiries < UNKNOWN_INQUIRIES_MAX ? { kind: 'inquire' } : { kind: 'start-closing', cause: 'pay-unknown' };
    }
    case 'code-issued': {
      const isAskedAfterExpiry = now >= payment.code.expiresAt && payment.asking.inquiries > 0;
      return isAskedAfterExpiry ? { kind: 'start-closing', cause: 'code-expired' } : { kind: 'inquire' };
    }
    // One question before each cancel: never close on the local clock alone, and a refused cancel may mean that it is over already.
    case 'cancelling': return payment.asking.inquiries <= payment.asking.cancels ? { kind: 'inquire' } : { kind: 'cancel' };
    case 'succeeded':
    case 'failed':
    case 'expired':
    case 'cancelled': return moneyBack(payment);
  }
}

/** What an ended payment still owes somebody. */
function moneyBack(payment: Payment): NextCall {
  if (payment.givingBack?.by === 'cancel') return { kind: 'give-back-cancel' };
  const refund = nextRefund(payment.refunds);
  if (refund !== undefined) return { kind: refundCall(refund), refund };
  return payment.givingBack?.by === 'refund' ? { kind: 'start-give-back-refund' } : { kind: 'nothing' };
}

const FIRST_INQUIRY_MS = 5_000;
const INQUIRY_MS = 3_000;
const FIRST_MINUTE_INQUIRIES = 19;
const LATER_INQUIRY_MS = 15_000;
const SLOW_INQUIRY_MS = 30_000;
/** Gaps of Alipay's in-store SDK between cancels; then once a minute until it is over. */
const CANCEL_GAPS_MS = [0, 2_000, 3_000, 3_000, 5_000, 5_000] as const;
const CANCEL_SLOW_MS = 60_000;
const PAY_GAPS_MS = [0, 1_000, 2_000] as const;
/** A person has been told; until that person acts, Alipay may still change its mind. */
const DISPUTED_MS = 60_000;

/** When to look again; undefined when the payment has ended and owes nobody anything. */
export function nextLook(payment: Payment, now: Date): Date | undefined {
  const after = (ms: number) => new Date(now.getTime() + ms);
  if (payment.isInquiryWanted === true) return now;
  if (hasEnded(payment)) return moneyBackMs(payment, after);
  if (isDisputed(payment)) return after(DISPUTED_MS);
  switch (payment.status) {
    case 'requested': return payment.isDelayed ? new Date(Math.min(now.getTime() + holdMs(payment.id), Math.max(now.getTime(), payment.bill.validUntil.getTime() + 1))) : now;
    case 'unknown': return payment.pays < PAYS_MAX ? after(PAY_GAPS_MS[payment.pays] ?? INQUIRY_MS) : after(INQUIRY_MS);
    case 'code-issued': {
      const gapMs = inquiryGapMs(payment.asking.inquiries);
      // The last question comes at the expiry, not after the next gap.
      return now < expiryOf(payment) ? new Date(Math.min(now.getTime() + gapMs, expiryOf(payment).getTime())) : after(0);
    }
    case 'cancelling': {
      const isAsked = payment.asking.inquiries > payment.asking.cancels;
      return after(isAsked ? 0 : CANCEL_GAPS_MS[payment.asking.cancels] ?? CANCEL_SLOW_MS);
    }
    default: return undefined;
  }
}

function moneyBackMs(payment: Payment, after: (ms: number) => Date): Date | undefined {
  const call = moneyBack(payment);
  switch (call.kind) {
    case 'give-back-cancel': return after(CANCEL_GAPS_MS[payment.givingBack?.tries ?? 0] ?? CANCEL_SLOW_MS);
    case 'refund':
    case 'inquire-refund': return after(refundGapMs(call.refund));
    case 'start-give-back-refund': return after(0);
    default: return undefined;
  }
}

const HOLD_MS = 2_000;
const HOLD_SPREAD_MS = 2_000;

/** How long a payment waits while Alipay does not answer. Spread by its id, so that not all come at once when it does. */
export function holdMs(id: string): number {
  return HOLD_MS + (Number.parseInt(id.slice(-6), 16) % HOLD_SPREAD_MS);
}

function inquiryGapMs(inquiries: number): number {
  if (inquiries === 0) return FIRST_INQUIRY_MS;
  if (inquiries < FIRST_MINUTE_INQUIRIES) return INQUIRY_MS;
  return inquiries < 2 * FIRST_MINUTE_INQUIRIES ? LATER_INQUIRY_MS : SLOW_INQUIRY_MS;
}
