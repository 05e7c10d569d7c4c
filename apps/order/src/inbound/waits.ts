import { hasEnded, type Order } from '../core/order.js';
import type { Wait } from '../flows/watch-orders.js';

/** Long enough for Alipay on a good day, short enough that a till is not left staring. */
const WAIT_DEFAULT_MS = 800;

interface WaitQuery {
  readonly wait?: string | undefined;
  readonly waitSeconds?: number | undefined;
}

/** Who names a time wants the code within it; everybody else is better served by hearing at once that Alipay does not answer. */
export function waitForCode({ wait, waitSeconds }: WaitQuery): Wait | undefined {
  if (wait === undefined) return undefined;
  if (waitSeconds !== undefined) return { maxMs: waitSeconds * 1_000, isAnswer: isPastCode };
  return { maxMs: WAIT_DEFAULT_MS, isAnswer: (order) => isPastCode(order) || (order.status === 'awaiting-code' && order.isDelayed) };
}

export function waitForRefund({ wait, waitSeconds }: WaitQuery, refundKey: string): Wait | undefined {
  if (wait === undefined) return undefined;
  return {
    maxMs: waitSeconds === undefined ? WAIT_DEFAULT_MS : waitSeconds * 1_000,
    isAnswer: ({ refunds }) => refunds.some(({ key, status }) => key === refundKey && status !== 'requested'),
  };
}

/** The code is there, or it will never come. */
function isPastCode(order: Order): boolean {
  return order.status === 'awaiting-payment' || hasEnded(order);
}
