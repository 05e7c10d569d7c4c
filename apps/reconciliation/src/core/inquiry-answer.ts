import type { Money } from '@scantill/kernel';
import type { BreakKind } from './break-kind.js';
import type { BreakEvent } from './break-life.js';

/** What Alipay says of a line that we did not expect, as the gateway heard it, and what the gateway knows itself. */
export interface InquiryAnswer {
  /** `no-answer`: Alipay was asked several times and said nothing that can be believed. */
  readonly outcome: 'found' | 'not-found' | 'no-answer';
  readonly askedBy: 'request-id' | 'alipay-id';
  readonly status: 'succeeded' | 'failed' | 'processing' | 'cancelled' | null;
  readonly resultCode: string | null;
  readonly amount: Money | null;
  readonly requestId: string | null;
  readonly alipayId: string | null;
  readonly movedAt: Date | null;
  readonly known: {
    readonly paymentId: string;
    readonly orderId: string;
    readonly status: string;
    readonly attention: string | null;
    readonly refund: { readonly refundId: string; readonly status: string } | null;
  } | null;
  readonly answeredAt: Date;
}

/** Types that Alipay can be asked about. */
export type InquiredType = 'PAYMENT' | 'REFUND';

export function isInquired(type: string): type is InquiredType {
  return type === 'PAYMENT' || type === 'REFUND';
}

/** A line missing with us is asked about before a person has to, each time that it is found anew. */
export function wantsInquiry(kind: BreakKind, type: string, events: readonly BreakEvent[]): boolean {
  return kind === 'missing-with-us' && isInquired(type) && events.some((event) => event.kind === 'opened' || event.kind === 'found-again');
}

/** In a sentence, for whoever reads the history. */
export function inquiryText({ outcome, status, resultCode, known }: InquiryAnswer): string {
  return `${alipaySays(outcome, status, resultCode)}; ${known === null ? 'the gateway does not know it' : gatewayKnows(known)}`;
}

function alipaySays(outcome: InquiryAnswer['outcome'], status: InquiryAnswer['status'], resultCode: string | null): string {
  const code = resultCode === null ? '' : ` (${resultCode})`;
  switch (outcome) {
    case 'found': return `Alipay knows it as ${status ?? 'unknown'}${code}`;
    case 'not-found': return `Alipay does not know it${code}`;
    case 'no-answer': return `Alipay gave no answer${code}`;
  }
}

function gatewayKnows({ status, refund, attention }: NonNullable<InquiryAnswer['known']>): string {
  const ofRefund = refund === null ? '' : `, its refund as ${refund.status}`;
  return `the gateway knows the payment as ${status}${ofRefund}${attention === null ? '' : ', for which a person is needed'}`;
}
