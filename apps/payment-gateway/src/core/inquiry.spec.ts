import { describe, expect, it } from '@jest/globals';
import { firstAskedBy, INQUIRY_ASKS_MAX, nextStep, type Heard } from './inquiry.js';

const FOUND: Heard = { outcome: 'found', status: 'succeeded', resultCode: 'SUCCESS', amount: null, requestId: null, alipayId: null, movedAt: null };
const NOT_FOUND: Heard = { outcome: 'not-found', resultCode: 'ORDER_NOT_EXIST' };
const NO_ANSWER: Heard = { outcome: 'no-answer', resultCode: null };
const byRequest = { askedBy: 'request-id', alipayId: '2026' } as const;

describe('an inquiry', () => {
  it.each([['1', '2', 'request-id'], [null, '2', 'alipay-id'], ['1', null, 'request-id'], [null, null, undefined]])('about our id %s and Alipay\'s %s begins with %s', (requestId, alipayId, askedBy) => {
    expect(firstAskedBy({ requestId, alipayId })).toBe(askedBy);
  });

  it('that is answered is told', () => {
    expect(nextStep(byRequest, 1, FOUND)).toEqual({ kind: 'tell' });
  });

  it('about an id of ours that Alipay does not know goes on with its own id, and ends there', () => {
    expect(nextStep(byRequest, 1, NOT_FOUND)).toEqual({ kind: 'ask-again', askedBy: 'alipay-id', afterMs: 0 });
    expect(nextStep({ ...byRequest, alipayId: null }, 1, NOT_FOUND)).toEqual({ kind: 'tell' });
    expect(nextStep({ ...byRequest, askedBy: 'alipay-id' }, 2, NOT_FOUND)).toEqual({ kind: 'tell' });
  });

  it('without an answer is made again, ever more rarely, and so many times only', () => {
    const steps = Array.from({ length: INQUIRY_ASKS_MAX }, (_, index) => nextStep(byRequest, index + 1, NO_ANSWER));
    expect(steps.map((step) => (step.kind === 'tell' ? 'tell' : step.afterMs / 1_000))).toEqual([5, 10, 20, 40, 80, 160, 300, 'tell']);
  });
});
