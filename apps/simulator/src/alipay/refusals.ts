import type { RequestRefused } from './records.js';

/** Of one client; the oldest is forgotten. */
export const REFUSALS_MAX = 100_000;

/** Requests that were refused for good: F is final, so the same request gets the same answer even when it would be accepted now. */
export class Refusals {
  private readonly byRequest = new Map<string, RequestRefused>();

  keep(refused: RequestRefused): void {
    this.byRequest.set(keyOf(refused), refused);
    if (this.byRequest.size <= REFUSALS_MAX) return;
    for (const oldest of this.byRequest.keys()) {
      this.byRequest.delete(oldest);
      return;
    }
  }

  find(request: { operation: 'pay' | 'refund'; requestId: string }): RequestRefused | undefined {
    return this.byRequest.get(keyOf(request));
  }
}

function keyOf({ operation, requestId }: { operation: string; requestId: string }): string {
  return `${operation} ${requestId}`;
}
