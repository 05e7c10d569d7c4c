import type { InquiryAnswer, PayAnswer, RefundAnswered } from './alipay.ts';
import {
  cancelCodes, inquiryPaymentCodes, inquiryRefundCodes, payCodes, refundCodes, treatmentOf, type PaymentInput, type RefundAnswer, type StatusReport,
} from './cores.ts';
import type { Answered } from './line.ts';
import { verdictOf } from './notices.ts';

/** What Alipay's answers mean, by the product's own tables. Nothing heard is unknown. */
type Heard<A extends Answered> = A | Answered | undefined;

export function toPayInput(heard: Heard<PayAnswer>, now: Date): PaymentInput {
  if (heard === undefined) return { kind: 'pay-unknown', mayRepeat: true };
  const form = heard.status !== 'F' && 'form' in heard ? heard.form : undefined;
  if (form !== undefined) return { kind: 'code-issued', alipayPaymentId: form.paymentId, code: { text: form.paymentId, expiresAt: new Date(form.expiresMs) }, now };
  const treatment = treatmentOf(payCodes, heard.status, heard.code);
  switch (treatment.kind) {
    case 'refused': return { kind: 'pay-refused', resultCode: heard.code, byCustomer: treatment.byCustomer };
    case 'misconfigured': return { kind: 'pay-misconfigured', resultCode: heard.code };
    default: return { kind: 'pay-unknown', mayRepeat: treatment.kind === 'repeat' };
  }
}

export function toVerdict(heard: Heard<InquiryAnswer>): StatusReport['verdict'] {
  if (heard === undefined) return { kind: 'unknown' };
  const treatment = treatmentOf(inquiryPaymentCodes, heard.status, heard.code);
  const payment = 'payment' in heard ? heard.payment : undefined;
  if (treatment.kind === 'accepted' && payment !== undefined) return verdictOf(payment);
  return { kind: treatment.kind === 'not-found' ? 'not-found' : 'unknown' };
}

export function toCancelInput(heard: Answered | undefined, now: Date): PaymentInput {
  const treatment = heard === undefined ? undefined : treatmentOf(cancelCodes, heard.status, heard.code);
  const answer = treatment?.kind === 'accepted' ? 'confirmed' : treatment?.kind === 'window-over' || treatment?.kind === 'not-found' ? treatment.kind : 'unknown';
  return { kind: 'cancel-answered', answer, now };
}

export function toRefundAnswer(heard: Heard<RefundAnswered>): RefundAnswer {
  if (heard === undefined) return { kind: 'unknown' };
  const treatment = treatmentOf(refundCodes, heard.status, heard.code);
  if (treatment.kind === 'refund-refused') return { kind: 'refused', problem: treatment.problem, resultCode: heard.code };
  const refund = 'refund' in heard ? heard.refund : undefined;
  if (treatment.kind === 'accepted' && refund !== undefined) return toSucceeded(refund);
  return { kind: treatment.kind === 'ask' ? 'in-process' : 'unknown' };
}

export function toRefundStanding(heard: Heard<RefundAnswered>): RefundAnswer {
  if (heard === undefined) return { kind: 'unknown' };
  const treatment = treatmentOf(inquiryRefundCodes, heard.status, heard.code);
  if (treatment.kind === 'not-found') return { kind: 'not-found' };
  const refund = 'refund' in heard ? heard.refund : undefined;
  if (treatment.kind !== 'accepted' || refund === undefined) return { kind: 'unknown' };
  switch (refund.status) {
    case 'PROCESSING': return { kind: 'in-process' };
    case 'FAIL': return { kind: 'refused', problem: 'refund.refused', resultCode: 'FAIL' };
    case 'SUCCESS': return toSucceeded(refund);
  }
}

function toSucceeded({ amount, refundId, endedMs }: NonNullable<RefundAnswered['refund']>): RefundAnswer {
  return { kind: 'succeeded', amount, alipayRefundId: refundId, refundedAt: new Date(endedMs) };
}
