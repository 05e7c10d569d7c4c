import type { Money } from '@scantill/kernel';

/** By which of its two ids Alipay is asked. Ours first: it is the one that we can have given. */
export type AskedBy = 'request-id' | 'alipay-id';

/** Something that Alipay's file lists and nobody here expected. */
export interface Inquiry {
  /** The break that it is about. */
  readonly breakId: string;
  readonly chainId: string;
  readonly accountId: string;
  readonly orderId: string | null;
  readonly type: 'PAYMENT' | 'REFUND';
  readonly requestId: string | null;
  readonly alipayId: string | null;
  readonly askedBy: AskedBy;
  /** How often Alipay was asked. */
  readonly asks: number;
}

/** What Alipay says. `no-answer`: nothing that can be believed. */
export type Heard =
  | {
    readonly outcome: 'found';
    readonly status: 'succeeded' | 'failed' | 'processing' | 'cancelled';
    readonly resultCode: string | null;
    readonly amount: Money | null;
    readonly requestId: string | null;
    readonly alipayId: string | null;
    /** Alipay's time of the payment or refund. */
    readonly movedAt: Date | null;
  }
  | { readonly outcome: 'not-found' | 'no-answer'; readonly resultCode: string | null };

export type NextStep =
  | { readonly kind: 'tell' }
  | { readonly kind: 'ask-again'; readonly askedBy: AskedBy; readonly afterMs: number };

/** Then whoever looks at the break is told that Alipay says nothing. */
export const INQUIRY_ASKS_MAX = 8;
const AGAIN_MS = 5_000;
const AGAIN_MAX_MS = 300_000;

/** Undefined where there is no id to ask by. */
export function firstAskedBy({ requestId, alipayId }: Pick<Inquiry, 'requestId' | 'alipayId'>): AskedBy | undefined {
  if (requestId !== null) return 'request-id';
  return alipayId === null ? undefined : 'alipay-id';
}

/** @param asks the one that was just answered included */
export function nextStep({ askedBy, alipayId }: Pick<Inquiry, 'askedBy' | 'alipayId'>, asks: number, { outcome }: Heard): NextStep {
  // Old files repeat a payment's request id in its refund, which names no refund: its own id may.
  if (outcome === 'not-found' && askedBy === 'request-id' && alipayId !== null) return { kind: 'ask-again', askedBy: 'alipay-id', afterMs: 0 };
  if (outcome !== 'no-answer' || asks >= INQUIRY_ASKS_MAX) return { kind: 'tell' };
  return { kind: 'ask-again', askedBy, afterMs: Math.min(AGAIN_MS * 2 ** (asks - 1), AGAIN_MAX_MS) };
}
