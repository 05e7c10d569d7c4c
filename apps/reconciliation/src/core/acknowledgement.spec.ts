import { describe, expect, it } from '@jest/globals';
import { acknowledgeBy, whyEnded } from './acknowledgement.js';
import type { Expectation } from './expectation.js';

const paid = (changes: Partial<Expectation> = {}) => ({ type: 'PAYMENT', basis: 'success', paidAt: new Date('2026-11-24T10:00:01+08:00'), ...changes }) as Expectation;

describe('a payment of a chain that acknowledges', () => {
  it('is to be heard of within its minutes, to the end of the last one', () => {
    expect(acknowledgeBy(paid(), 30)).toEqual(new Date('2026-11-24T10:31:00+08:00'));
    expect(acknowledgeBy(paid({ paidAt: new Date('2026-11-24T10:00:00+08:00') }), 30)).toEqual(new Date('2026-11-24T10:30:00+08:00'));
    expect(acknowledgeBy(paid({ paidAt: new Date('2026-11-24T23:59:59.999+08:00') }), 1)).toEqual(new Date('2026-11-25T00:01:00+08:00'));
  });

  it.each<[string, Partial<Expectation>]>([
    ['came after its order had ended', { basis: 'late-success' }],
    ['is only reported, with an amount that is not ours', { basis: 'reported', paidAt: null }],
    ['was cancelled', { type: 'CANCELLED', basis: 'give-back', paidAt: null }],
    ['is a refund', { type: 'REFUND', basis: 'refund' }],
  ])('need not be heard of where it %s', (_what, changes) => {
    expect(acknowledgeBy(paid(changes), 30)).toBeNull();
  });

  it('need not be heard of where the chain does not ask for it', () => {
    expect(acknowledgeBy(paid(), undefined)).toBeNull();
  });
});

it('why a break ended is said in words', () => {
  const at = new Date('2026-11-24T10:40:00+08:00');
  expect([whyEnded({ by: 'webhook', at }), whyEnded({ by: 'message', at }), whyEnded({ by: 'read', at }), whyEnded(null)]).toEqual([
    'the webhook was taken at 2026-11-24T02:40:00.000Z', 'the store acknowledged it at 2026-11-24T02:40:00.000Z', 'the paid order was read at 2026-11-24T02:40:00.000Z', 'the money went back',
  ]);
});
