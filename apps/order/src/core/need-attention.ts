import { ok, type Result } from '@scantill/kernel';
import type { Order, OrderEvent } from './order.js';

/** A person is told once of the same thing. */
export function needAttention(order: Order, reason: string): Result<readonly OrderEvent[], never> {
  return ok(order.attention === reason ? [] : [{ kind: 'AttentionNeeded', reason }]);
}
