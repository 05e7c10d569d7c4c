import { describe, expect, it } from '@jest/globals';
import {
  cancel, codeExpired, codeIssued, deadline, delayed, expiredBeforePay, paymentCancelled, place, refund, refundReversed, refundSucceeded, refused, requestCode, succeeded, tell,
} from '../../test/orders.js';
import type { OrderInput } from './decide-order.js';
import { nextAction } from './next-action.js';

const doubt: OrderInput = { kind: 'payment-needs-attention', reason: 'Alipay does not confirm the cancel' };
const after = (...told: OrderInput[]) => nextAction(tell([place, ...told]).order);

describe('what the person at the till does', () => {
  it('follows from where the order stands', () => {
    expect(after()).toBe('wait');
    expect(after(delayed)).toBe('wait');
    expect(after(codeIssued)).toBe('show-code');
    expect(after(codeIssued, codeExpired)).toBe('do-not-hand-over');
    expect(after(codeIssued, codeExpired, requestCode)).toBe('wait');
    expect(after(codeIssued, cancel)).toBe('wait');
    expect(after(codeIssued, succeeded())).toBe('hand-over-goods');
    expect(after(codeIssued, cancel, paymentCancelled)).toBe('do-not-hand-over');
    expect(after(expiredBeforePay)).toBe('do-not-hand-over');
    expect(after(refused, deadline)).toBe('do-not-hand-over');
  });

  it('is to call somebody while something is wrong, unless the goods are paid for', () => {
    expect(after(doubt)).toBe('call-operator');
    expect(after(codeIssued, doubt)).toBe('call-operator');
    expect(after(codeIssued, cancel, doubt)).toBe('call-operator');
    expect(after(codeIssued, cancel, paymentCancelled, doubt)).toBe('call-operator');
    expect(after(codeIssued, doubt, succeeded())).toBe('hand-over-goods');
  });

  it('is to keep the goods once all the money went back, and to call somebody when some of it bounced', () => {
    const paid = [codeIssued, succeeded()];
    expect(after(...paid, refund('all'))).toBe('hand-over-goods');
    expect(after(...paid, refund('part', 400n), refundSucceeded('part', 400n))).toBe('hand-over-goods');
    expect(after(...paid, refund('all'), refundSucceeded('all', 1_099n))).toBe('do-not-hand-over');
    expect(after(...paid, refund('all'), refundSucceeded('all', 1_099n), refundReversed('all', 1_099n))).toBe('call-operator');
    expect(after(...paid, refund('all'), refundSucceeded('all', 1_099n), refundReversed('all', 1_099n), refund('again'), refundSucceeded('again', 1_099n))).toBe('do-not-hand-over');
  });
});
