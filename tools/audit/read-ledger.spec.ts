import { describe, expect, it } from '@jest/globals';
import { toEntry } from './read-ledger.ts';

const row = {
  referenceOrderId: 'demo_A-1', paymentRequestId: 'P1', amount: { currency: 'USD', value: '1000' }, status: 'CANCELLED' as const, resultCode: 'SUCCESS',
  issuedAt: '2026-11-26T01:40:42Z', expiresAt: '2026-11-26T01:42:56Z', paidAt: null, cancelledAt: null, refunds: [],
};
const closedAt = (changed: Partial<typeof row> | { readonly cancelledAt: string | null; readonly paidAt: string | null }) => new Date(toEntry({ ...row, ...changed }).closedAtMs ?? NaN).toISOString();

describe('a code in the ledger', () => {
  it('ends when it is cancelled, or runs out before', () => {
    expect(closedAt({ paidAt: null, cancelledAt: '2026-11-26T01:41:08Z' })).toBe('2026-11-26T01:41:08.000Z');
    expect(closedAt({ paidAt: null, cancelledAt: '2026-11-26T01:50:00Z' })).toBe('2026-11-26T01:42:56.000Z');
  });

  it('ends by the clock that it was issued by, also where closed days put the booking off', () => {
    expect(closedAt({ paidAt: null, cancelledAt: '2026-12-05T01:41:08Z' })).toBe('2026-11-26T01:41:08.000Z');
    expect(closedAt({ paidAt: '2026-12-05T01:41:00Z', cancelledAt: '2026-12-05T01:41:08Z' })).toBe('2026-11-26T01:41:00.000Z');
  });
});
