import { describe, expect, it } from '@jest/globals';
import type { BreakEvent, BreakFacts } from './break-life.js';
import { inquiryText, wantsInquiry, type InquiryAnswer } from './inquiry-answer.js';

const facts: BreakFacts = { date: '2026-11-24', ours: null, theirs: null, causedBy: null };
const opened: BreakEvent = { kind: 'opened', facts, dueOn: '2026-11-27' };
const answer: InquiryAnswer = {
  outcome: 'found', askedBy: 'request-id', status: 'succeeded', resultCode: 'SUCCESS', amount: null, requestId: null, alipayId: null, movedAt: null, known: null, answeredAt: new Date(0),
};
const known = { paymentId: 'a', orderId: 'A-1', status: 'expired', attention: null, refund: null };

describe('a line that is missing with us', () => {
  it('is asked about when it is found, and when it is found again', () => {
    expect(wantsInquiry('missing-with-us', 'PAYMENT', [opened])).toBe(true);
    expect(wantsInquiry('missing-with-us', 'REFUND', [{ kind: 'found-again', facts }])).toBe(true);
  });

  it('is not while it stays as it is; nor is what Alipay cannot be asked about, or another kind', () => {
    expect(wantsInquiry('missing-with-us', 'PAYMENT', [])).toBe(false);
    expect(wantsInquiry('missing-with-us', 'PAYMENT', [{ kind: 'changed', facts }])).toBe(false);
    expect(wantsInquiry('missing-with-us', 'DISPUTE', [opened])).toBe(false);
    expect(wantsInquiry('amount-differs', 'PAYMENT', [opened])).toBe(false);
  });
});

describe('the answer to an inquiry', () => {
  it.each<[Partial<InquiryAnswer>, string]>([
    [{}, 'Alipay knows it as succeeded (SUCCESS); the gateway does not know it'],
    [{ known }, 'Alipay knows it as succeeded (SUCCESS); the gateway knows the payment as expired'],
    [{ known: { ...known, attention: 'late', refund: { refundId: 'r', status: 'failed' } } }, 'Alipay knows it as succeeded (SUCCESS); the gateway knows the payment as expired, its refund as failed, for which a person is needed'],
    [{ outcome: 'not-found', status: null, resultCode: 'ORDER_NOT_EXIST' }, 'Alipay does not know it (ORDER_NOT_EXIST); the gateway does not know it'],
    [{ outcome: 'no-answer', status: null, resultCode: null }, 'Alipay gave no answer; the gateway does not know it'],
  ])('is told in a sentence: %#', (changes, text) => {
    expect(inquiryText({ ...answer, ...changes })).toBe(text);
  });
});
