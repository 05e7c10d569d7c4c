import { describe, expect, it } from '@jest/globals';
import { Refusals, REFUSALS_MAX } from './refusals.js';

const refused = (requestId: string, operation: 'pay' | 'refund' = 'pay') => ({ type: 'request-refused', client: 'T_1', operation, requestId, currency: 'USD', value: '1', code: 'RISK_REJECT' }) as const;

describe('requests that were refused', () => {
  it('are remembered by call and id', () => {
    const refusals = new Refusals();
    refusals.keep(refused('P1'));
    expect(refusals.find({ operation: 'pay', requestId: 'P1' })).toMatchObject({ code: 'RISK_REJECT' });
    expect(refusals.find({ operation: 'refund', requestId: 'P1' })).toBeUndefined();
  });

  it('are forgotten, oldest first, when there are too many', () => {
    const refusals = new Refusals();
    for (let n = 0; n <= REFUSALS_MAX; n += 1) refusals.keep(refused(`P${n}`));
    expect(refusals.find({ operation: 'pay', requestId: 'P0' })).toBeUndefined();
    expect(refusals.find({ operation: 'pay', requestId: 'P1' })).toBeDefined();
    expect(refusals.find({ operation: 'pay', requestId: `P${REFUSALS_MAX}` })).toBeDefined();
  });
});
