import { describe, expect, it } from '@jest/globals';
import { codeInUrl, Numbering } from './numbering.js';

const NOON = Date.parse('2026-10-10T12:00:00+08:00');
const numbering = new Numbering(123_456);

describe('a running number', () => {
  it.each([0, 1, 999_999_999])('%d is found again in its ids and in its code', (number) => {
    const paymentId = numbering.paymentId(number, NOON);
    expect(paymentId).toMatch(/^20261010\d{27}$/);
    expect(paymentId).not.toBe(numbering.refundId(number, NOON));
    expect(numbering.numberOfId(paymentId)).toBe(number);
    expect(numbering.numberOfCode(numbering.code(number))).toBe(number);
  });

  it('is of the day in UTC+8', () => {
    expect(numbering.paymentId(1, Date.parse('2026-10-10T16:00:00Z'))).toMatch(/^20261011/);
  });
});

describe('a code that was never issued', () => {
  const code = numbering.code(4_711);
  it.each([['mistyped', code.replace('4711', '4712')], ['of another ledger', new Numbering(123_457).code(4_711)], ['too short', code.slice(0, -1)], ['no code', 'hello'], ['empty', '']])('is unknown: %s', (_name, text) => {
    expect(numbering.numberOfCode(text)).toBeUndefined();
  });
});

it('is the last part of the URL, whatever host it names', () => {
  expect([codeInUrl('http://192.168.1.5:8085/2812'), codeInUrl('2812')]).toEqual(['2812', '2812']);
});
