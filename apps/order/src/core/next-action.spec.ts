import { describe, expect, it } from '@jest/globals';
import { cancel, codeExpired, codeIssued, deadline, expiredBeforePay, paymentCancelled, place, refused, succeeded, tell } from '../../test/orders.js';
import type { OrderInput } from './decide-order.js';
import { nextAction } from './next-action.js';

const doubt: OrderInput = { kind: 'payment-needs-attention', reason: 'Alipay does not confirm the cancel' };
const after = (...told: OrderInput[]) => nextAction(tell([place, ...told]).order);

describe('what the person at the till does', () => {
  it('follows from where the order stands', () => {
    expect(after()).toBe('wait');
    expect(after({ kind: 'payment-delayed' })).toBe('wait');
    expect(after(codeIssued)).toBe('show-code');
    expect(after(codeIssued, codeExpired)).toBe('do-not-hand-over');
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
    expect(after(codeIssued, cancel, paymentCancelled, { kind: 'late-success', paymentId: 'x' } as OrderInput)).toBe('call-operator');
    expect(after(codeIssued, doubt, succeeded())).toBe('hand-over-goods');
  });
});
