import { describe, expect, it } from '@jest/globals';
import { money, type PaymentId } from '@scantill/kernel';
import {
  AMOUNT, at, cancel, code, codeExpired, codeIssued, DEADLINE, deadline, declined, delayed, expiredBeforePay, order, OTHER_PAYMENT_ID, otherCodeIssued, PAYMENT_ID, paymentCancelled, place, refund,
  refundSucceeded, refused, requestCode, succeeded, tell,
} from '../../test/orders.js';
import { ATTEMPTS_MAX, attemptsOf } from './attempt.js';
import { decide, type OrderInput } from './decide-order.js';
import { hasEnded } from './order.js';

/** One history for every state that a decision tells apart. */
const histories: Readonly<Record<string, readonly OrderInput[]>> = {
  'awaiting-code': [place],
  'awaiting-code, delayed': [place, delayed],
  'awaiting-payment': [place, codeIssued],
  'awaiting-payment, code closed': [place, codeIssued, codeExpired],
  'awaiting-code, of a new code': [place, codeIssued, codeExpired, requestCode],
  'awaiting-payment, of a new code': [place, codeIssued, codeExpired, requestCode, otherCodeIssued],
  'cancelling a new code': [place, codeIssued, codeExpired, requestCode, otherCodeIssued, cancel],
  'cancelling, by the till': [place, codeIssued, cancel],
  'cancelling, by the deadline': [place, codeIssued, deadline],
  paid: [place, codeIssued, succeeded()],
  'partly-refunded': [place, codeIssued, succeeded(), refund('part', 400n), refundSucceeded('part', 400n)],
  refunded: [place, codeIssued, succeeded(), refund('all'), refundSucceeded('all', 1_099n)],
  cancelled: [place, codeIssued, cancel, paymentCancelled],
  expired: [place, expiredBeforePay],
  failed: [place, refused, deadline],
};

const late: OrderInput = { kind: 'late-success', paymentId: PAYMENT_ID };
const doubt: OrderInput = { kind: 'payment-needs-attention', reason: 'Alipay does not confirm the cancel' };
const questions: Readonly<Record<string, OrderInput>> = {
  'place again': place, 'place other content': { kind: 'place', order: { ...order, contentHash: 'other' }, now: at(0) },
  cancel, 'too early': { kind: 'deadline', now: at(1_799) }, deadline, 'code-issued': codeIssued, 'another code': otherCodeIssued, delayed, 'new code': requestCode, 'new code, too late': { ...requestCode, now: DEADLINE } as OrderInput,
  succeeded: succeeded(), 'another succeeded': succeeded(AMOUNT, OTHER_PAYMENT_ID), 'other amount': succeeded(money('USD', 1_100n)), 'other currency': succeeded(money('SGD', 1_099n)),
  declined, 'another failed': { ...declined, paymentId: OTHER_PAYMENT_ID } as OrderInput, 'code expired': codeExpired, 'expired before pay': expiredBeforePay, 'payment cancelled': paymentCancelled, late, doubt,
};

const ALWAYS = { 'place other content': 'OrderConflict', 'other amount': 'AttentionNeeded', 'other currency': 'AttentionNeeded', doubt: 'AttentionNeeded' };
const CLOSED_BY = (end: string) => ({ declined: end, 'code expired': end, 'expired before pay': end, 'payment cancelled': end });
const NEW_CODE = (answer: string) => ({ 'new code': answer, 'new code, too late': answer });
const ENDED = { ...ALWAYS, ...NEW_CODE('OrderAlreadyEnded'), succeeded: 'AttentionNeeded', 'another succeeded': 'AttentionNeeded' };
const GIVEN_UP = { cancel: 'CancelRequested', deadline: 'CancelRequested' };
const CANCELLING = { ...ALWAYS, ...NEW_CODE('OrderAlreadyEnded') };
const PAID = { ...ALWAYS, ...NEW_CODE('OrderAlreadyPaid'), cancel: 'OrderAlreadyPaid', 'another succeeded': 'AttentionNeeded' };
const AWAITING_CODE = {
  ...ALWAYS, ...GIVEN_UP, ...CLOSED_BY('CodeClosed'), 'another failed': 'CodeClosed', 'expired before pay': 'OrderExpired', 'code-issued': 'CodeReady', 'another code': 'CodeReady',
  succeeded: 'OrderPaid', 'another succeeded': 'OrderPaid',
};

/** What each question does in each state: events, or why it is refused. What is not named does nothing. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'awaiting-code': { ...AWAITING_CODE, delayed: 'PaymentDelayed' },
  'awaiting-code, delayed': AWAITING_CODE,
  'awaiting-payment': {
    ...ALWAYS, ...GIVEN_UP, ...NEW_CODE('CodeLive'), succeeded: 'OrderPaid', 'another succeeded': 'AttentionNeeded',
    declined: 'CodeClosed', 'code expired': 'CodeClosed', 'payment cancelled': 'CodeClosed',
  },
  'awaiting-payment, code closed': {
    ...ALWAYS, cancel: 'OrderCancelled', deadline: 'OrderExpired', succeeded: 'OrderPaid', 'another succeeded': 'OrderPaid', 'new code': 'NewCodeRequested', 'new code, too late': 'OrderAlreadyEnded',
  },
  'awaiting-code, of a new code': { ...ALWAYS, ...GIVEN_UP, 'another code': 'CodeReady', 'another failed': 'CodeClosed', 'another succeeded': 'OrderPaid', succeeded: 'AttentionNeeded' },
  'awaiting-payment, of a new code': { ...ALWAYS, ...GIVEN_UP, ...NEW_CODE('CodeLive'), 'another failed': 'CodeClosed', 'another succeeded': 'OrderPaid', succeeded: 'AttentionNeeded' },
  'cancelling a new code': { ...CANCELLING, 'another failed': 'OrderCancelled', 'another succeeded': 'OrderPaid CancelRefused', succeeded: 'AttentionNeeded' },
  'cancelling, by the till': { ...CANCELLING, ...CLOSED_BY('OrderCancelled'), succeeded: 'OrderPaid CancelRefused', 'another succeeded': 'AttentionNeeded' },
  'cancelling, by the deadline': { ...CANCELLING, ...CLOSED_BY('OrderExpired'), succeeded: 'OrderPaid', 'another succeeded': 'AttentionNeeded' },
  paid: PAID,
  'partly-refunded': PAID,
  refunded: PAID,
  cancelled: ENDED,
  expired: { ...ENDED, cancel: 'OrderAlreadyEnded' },
  failed: { ...ENDED, cancel: 'OrderAlreadyEnded' },
};

describe('an order in any state', () => {
  it.each(Object.keys(histories))('%s: does what the table says with every input', (state) => {
    const { order: standing } = tell(histories[state] ?? []);
    const found = Object.entries(questions).flatMap(([name, input]) => {
      const decided = decide(standing, input);
      const outcome = decided.ok ? decided.value.map(({ kind }) => kind).join(' ') : decided.error.kind;
      return outcome === '' ? [] : [[name, outcome]];
    });
    expect(Object.fromEntries(found)).toEqual(expected[state]);
  });

  it('exists only after it was placed', () => {
    for (const input of [cancel, deadline, codeIssued, succeeded(), late, requestCode, refund('all')]) expect(decide(undefined, input)).toEqual({ ok: false, error: { kind: 'OrderNotFound' } });
  });
});

describe('placing an order', () => {
  it('again with the same content changes nothing, however the order stands', () => {
    for (const history of Object.values(histories)) expect(tell([...history, place, place])).toEqual(tell(history));
  });

  it('later than it was valid ends it without a payment', () => {
    expect(tell([{ ...place, now: at(60) } as OrderInput]).order.status).toBe('awaiting-code');
    expect(tell([{ ...place, now: at(61) } as OrderInput]).order).toMatchObject({ status: 'expired', reason: 'not-valid-any-more' });
  });
});

describe('a code', () => {
  it('that is closed leaves the order waiting for another, until the deadline or the till ends it', () => {
    expect(tell([place, codeIssued, declined]).order).toMatchObject({ status: 'awaiting-payment', collection: { kind: 'closed', reason: 'declined', resultCode: 'USER_BALANCE_NOT_ENOUGH' } });
    expect(tell([place, codeIssued, declined, deadline]).order).toMatchObject({ status: 'expired', reason: 'deadline' });
    expect(tell([place, codeIssued, refused, deadline]).order).toMatchObject({ status: 'failed', resultCode: 'RISK_REJECT' });
    expect(tell([place, codeIssued, paymentCancelled, deadline]).order).toMatchObject({ status: 'failed', resultCode: 'CANCELLED' });
    expect(tell([place, codeIssued, codeExpired, cancel]).order).toMatchObject({ status: 'cancelled', reason: 'customer left' });
  });

  it('is shown with what the till needs', () => {
    expect(tell([place, codeIssued]).events.at(-1)).toEqual({ kind: 'CodeReady', paymentId: PAYMENT_ID, code });
  });
});

describe('a new code', () => {
  it('can be had once the last one is closed, and is collected under a payment of its own', () => {
    const { order: renewed, events } = tell([place, codeIssued, declined, requestCode, otherCodeIssued, succeeded(AMOUNT, OTHER_PAYMENT_ID)]);
    expect(events.filter(({ kind }) => kind === 'NewCodeRequested')).toEqual([{ kind: 'NewCodeRequested', codeSeconds: order.codeSeconds }]);
    expect(attemptsOf(renewed)).toMatchObject([{ paymentId: PAYMENT_ID, status: 'declined', resultCode: 'USER_BALANCE_NOT_ENOUGH' }, { paymentId: OTHER_PAYMENT_ID, status: 'paid' }]);
  });

  it('lives as long as the till wants', () => {
    expect(tell([place, codeIssued, codeExpired, { ...requestCode, codeSeconds: 90 } as OrderInput]).events.at(-1)).toEqual({ kind: 'NewCodeRequested', codeSeconds: 90 });
  });

  it('leaves the earlier ones to be seen: the newest, up to a bound', () => {
    const ids = Array.from({ length: ATTEMPTS_MAX + 5 }, (_, n) => n.toString(16).padStart(32, '0') as PaymentId);
    const rounds = ids.flatMap((paymentId): OrderInput[] => [{ kind: 'code-issued', paymentId, code }, { kind: 'payment-expired', paymentId, beforePay: false }, requestCode]);
    const { order: worn } = tell([place, ...rounds]);
    expect(attemptsOf(worn).map(({ paymentId }) => paymentId)).toEqual(ids.slice(-ATTEMPTS_MAX));
  });

  it('of an order that ends is shown as closed', () => {
    expect(attemptsOf(tell([place, codeIssued, cancel]).order)).toMatchObject([{ paymentId: PAYMENT_ID, status: 'code-issued' }]);
    expect(attemptsOf(tell([place, codeIssued, cancel, paymentCancelled]).order)).toMatchObject([{ paymentId: PAYMENT_ID, status: 'failed' }]);
    expect(attemptsOf(tell([place, codeIssued, deadline, codeExpired]).order)).toMatchObject([{ paymentId: PAYMENT_ID, status: 'expired' }]);
  });
});

describe('a cancel that crosses the money', () => {
  it('is refused to the till that asked for it, and to nobody when the deadline did', () => {
    expect(tell([place, codeIssued, cancel, succeeded()]).events.at(-1)).toEqual({ kind: 'CancelRefused', problem: 'order.already-paid' });
    expect(tell([place, codeIssued, deadline, succeeded()]).events.at(-1)?.kind).toBe('OrderPaid');
  });

  it('ends as what began it: cancelled for the till, expired at the deadline', () => {
    expect(tell([place, codeIssued, cancel, codeExpired]).order).toMatchObject({ status: 'cancelled', reason: 'customer left' });
    expect(tell([place, codeIssued, deadline, paymentCancelled]).order).toMatchObject({ status: 'expired', reason: 'deadline' });
  });
});

describe('what a person must know', () => {
  it('is told once', () => {
    const { events } = tell([place, codeIssued, doubt, doubt, succeeded(money('USD', 1n)), succeeded(money('USD', 1n))]);
    expect(events.filter(({ kind }) => kind === 'AttentionNeeded')).toHaveLength(2);
  });

  it('does not end the order', () => {
    expect(hasEnded(tell([place, codeIssued, doubt]).order)).toBe(false);
    expect(tell([place, codeIssued, doubt, succeeded()]).order).toMatchObject({ status: 'paid', attention: 'Alipay does not confirm the cancel' });
  });
});
