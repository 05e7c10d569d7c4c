import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { AFTER_EXPIRY, at, cancelConfirmed, cancelSent, close, codeIssued, CODE_SECONDS, paySent, payUnknown, report, requested, successReport, tell, VALID_SECONDS } from '../../test/payments.js';
import type { PaymentInput } from './decide-payment.js';
import { nextCall, nextLook, PAYS_MAX } from './next-call.js';
import type { Payment } from './payment.js';

const after = (...inputs: PaymentInput[]): Payment => tell([requested, ...inputs]).payment;
const processing = report({ kind: 'processing' });
const silent = report({ kind: 'unknown' });
const repeat = (count: number, ...inputs: PaymentInput[]) => Array.from({ length: count }, () => inputs).flat();
const secondsUntilLook = (payment: Payment, seconds: number) => (nextLook(payment, at(seconds))!.getTime() - at(seconds).getTime()) / 1_000;

describe('a requested payment', () => {
  it('is paid for while the order is valid', () => {
    expect(nextCall(after(), at(VALID_SECONDS))).toEqual({ kind: 'pay' });
    expect(secondsUntilLook(after(), 0)).toBe(0);
  });

  it('expires without asking Alipay when it was never sent and the customer has gone', () => {
    expect(nextCall(after(), at(VALID_SECONDS + 1))).toEqual({ kind: 'expire-before-pay' });
  });

  it('that may have been sent is sent again, but not for ever and not past its time', () => {
    expect(nextCall(after(paySent), at(1))).toEqual({ kind: 'pay' });
    const closing = { kind: 'start-closing', cause: 'pay-unknown' };
    expect(nextCall(after(...repeat(PAYS_MAX, paySent)), at(1))).toEqual(closing);
    expect(nextCall(after(paySent), at(VALID_SECONDS + 1))).toEqual(closing);
    const validForLong = tell([{ ...requested, bill: { ...after().bill, validUntil: AFTER_EXPIRY } } as PaymentInput, paySent]).payment;
    expect(nextCall(validForLong, at(CODE_SECONDS - 1))).toEqual({ kind: 'pay' });
    expect(nextCall(validForLong, at(CODE_SECONDS))).toEqual(closing);
  });
});

describe('an unknown payment', () => {
  it('is sent again up to the bound, then asked about, then closed', () => {
    expect(nextCall(after(paySent, payUnknown), at(1))).toEqual({ kind: 'pay' });
    const sentOut = after(...repeat(PAYS_MAX, paySent, payUnknown));
    expect(nextCall(sentOut, at(3))).toEqual({ kind: 'inquire' });
    expect(nextCall(tell(repeat(2, silent), sentOut).payment, at(9))).toEqual({ kind: 'inquire' });
    expect(nextCall(tell(repeat(3, silent), sentOut).payment, at(12))).toEqual({ kind: 'start-closing', cause: 'pay-unknown' });
  });
});

describe('a code that is shown', () => {
  const shown = after(paySent, codeIssued);
  it('is asked about after 5 s, every 3 s in the first minute, then more slowly, and at its expiry', () => {
    expect(nextCall(shown, at(5))).toEqual({ kind: 'inquire' });
    const gaps = [0, 1, 18, 19, 38].map((inquiries) => secondsUntilLook(tell(repeat(inquiries, processing), shown).payment, 10));
    expect(gaps).toEqual([5, 3, 3, 15, 30]);
    expect(nextLook(tell(repeat(40, processing), shown).payment, at(CODE_SECONDS - 4))).toEqual(at(CODE_SECONDS));
  });

  it('is asked about after its expiry before anything is closed', () => {
    expect(nextCall(shown, AFTER_EXPIRY)).toEqual({ kind: 'inquire' });
    const asked = tell([processing], shown).payment;
    expect(nextCall(asked, AFTER_EXPIRY)).toEqual({ kind: 'start-closing', cause: 'code-expired' });
    expect(nextCall(tell([{ kind: 'close', cause: 'code-expired' }], asked).payment, AFTER_EXPIRY)).toEqual({ kind: 'inquire' });
  });
});

describe('a payment that is being closed', () => {
  const closing = after(paySent, codeIssued, close);
  it('is asked about before every cancel', () => {
    expect(nextCall(closing, at(20))).toEqual({ kind: 'inquire' });
    const asked = tell([processing], closing).payment;
    expect(nextCall(asked, at(20))).toEqual({ kind: 'cancel' });
    expect(secondsUntilLook(asked, 20)).toBe(0);
    const doubted = tell([cancelSent, { kind: 'cancel-refused', resultCode: 'ORDER_STATUS_INVALID', now: at(21) }], asked).payment;
    expect(nextCall(doubted, at(23))).toEqual({ kind: 'inquire' });
  });

  it('is cancelled again at growing distances, and never given up', () => {
    const gaps = [1, 2, 3, 4, 5, 6, 50].map((cancels) => secondsUntilLook(tell(repeat(cancels, processing, cancelSent, { kind: 'cancel-unknown' }), closing).payment, 20));
    expect(gaps).toEqual([2, 3, 3, 5, 5, 60, 60]);
  });

  it('is asked about again after a notification that disagrees, before the cancel', () => {
    const asked = tell([processing, report(successReport(money('USD', 1n)), at(20), 'notification')], closing).payment;
    expect(nextCall(asked, at(20))).toEqual({ kind: 'inquire' });
  });
});

describe('a payment whose success Alipay itself reports with another amount', () => {
  const wrong = report(successReport(money('USD', 1_100n)));
  it.each([
    ['shown', after(paySent, codeIssued, wrong)],
    ['unknown', after(paySent, payUnknown, wrong)],
    ['being closed', after(paySent, codeIssued, close, wrong)],
  ])('is only asked about while it is %s: a cancel would give the money back', (_state, disputed) => {
    for (const now of [at(40), AFTER_EXPIRY]) {
      expect(nextCall(disputed, now)).toEqual({ kind: 'inquire' });
      expect(nextLook(disputed, now)).toEqual(new Date(now.getTime() + 60_000));
    }
  });
});

describe('a payment that has ended', () => {
  it('is not looked at again', () => {
    for (const ended of [after({ kind: 'too-late' }), after(paySent, codeIssued, report(successReport())), after(paySent, codeIssued, close, cancelSent, cancelConfirmed)]) {
      expect(nextCall(ended, AFTER_EXPIRY)).toEqual({ kind: 'nothing' });
      expect(nextLook(ended, AFTER_EXPIRY)).toBeUndefined();
    }
  });
});
