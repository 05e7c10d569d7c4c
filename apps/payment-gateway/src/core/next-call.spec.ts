import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import {
  AFTER_EXPIRY, at, cancelAnswered, cancelConfirmed, cancelSent, close, codeIssued, CODE_SECONDS, PAYMENT_ID, paySent, payUnknown, payWithheld, REFUND_ID, report, requested,
  requestRefund, successReport, tell, VALID_SECONDS,
} from '../../test/payments.js';
import type { PaymentInput } from './decide-payment.js';
import { holdMs, nextCall, nextLook } from './next-call.js';
import { PAYS_MAX, type Payment } from './payment.js';

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

describe('a payment that is held back while Alipay does not answer', () => {
  const held = after(paySent, payWithheld);
  it('is tried again within seconds, not all at the same moment, and as soon as its order is not valid any more', () => {
    expect(holdMs(PAYMENT_ID)).not.toBe(holdMs('0123456789abcdef0123456789abc000'));
    expect(secondsUntilLook(held, 0) * 1_000).toBe(holdMs(PAYMENT_ID));
    expect(holdMs(PAYMENT_ID)).toBeGreaterThanOrEqual(2_000);
    expect(holdMs(PAYMENT_ID)).toBeLessThan(4_000);
    expect(nextLook(held, at(VALID_SECONDS - 1))).toEqual(new Date(at(VALID_SECONDS).getTime() + 1));
    expect(nextLook(held, at(VALID_SECONDS + 5))).toEqual(at(VALID_SECONDS + 5));
    expect(nextCall(held, at(VALID_SECONDS + 1))).toEqual({ kind: 'expire-before-pay' });
  });
});

describe('a payment whose pay may not be repeated', () => {
  it('is asked about at once', () => {
    expect(nextCall(after(paySent, { kind: 'pay-unknown', mayRepeat: false }), at(1))).toEqual({ kind: 'inquire' });
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
    const doubted = tell([cancelSent, cancelAnswered('unknown', at(21))], asked).payment;
    expect(nextCall(doubted, at(23))).toEqual({ kind: 'inquire' });
  });

  it('is cancelled again at growing distances, and never given up', () => {
    const gaps = [1, 2, 3, 4, 5, 6, 50].map((cancels) => secondsUntilLook(tell(repeat(cancels, processing, cancelSent, cancelAnswered('unknown')), closing).payment, 20));
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

describe('a succeeded payment with refunds', () => {
  const paid = after(paySent, codeIssued, report(successReport()));
  const second = 'bb' as typeof REFUND_ID;
  const answer = (kind: 'unknown' | 'in-process' | 'not-found', id = REFUND_ID): PaymentInput => ({ kind: 'refund-answered', id, answer: { kind }, now: at(200) });
  const asked = (...inputs: PaymentInput[]) => tell([requestRefund(99n), ...inputs], paid).payment;

  it('is asked for at once, again with the same id, and after three times what became of it', () => {
    const calls = [0, 1, 2, 3, 4].map((count) => nextCall(asked(...repeat(count, answer('unknown'))), at(200)).kind);
    expect(calls).toEqual(['refund', 'refund', 'refund', 'inquire-refund', 'inquire-refund']);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 50].map((count) => secondsUntilLook(asked(...repeat(count, answer('unknown'))), 200))).toEqual([0, 1, 2, 3, 5, 10, 30, 60, 60]);
  });

  it('is only asked about once Alipay works on it, and asked for again when Alipay does not know it', () => {
    expect(nextCall(asked(answer('in-process')), at(200)).kind).toBe('inquire-refund');
    expect(nextCall(asked(answer('in-process'), answer('unknown')), at(200)).kind).toBe('inquire-refund');
    expect(nextCall(asked(...repeat(5, answer('unknown')), answer('not-found')), at(200)).kind).toBe('refund');
  });

  it('takes the one first that was asked for less often: one that hangs holds up no other', () => {
    const both = asked(answer('unknown'), requestRefund(1n, 'R-2', second));
    expect(nextCall(both, at(200))).toMatchObject({ refund: { id: second } });
    expect(nextCall(tell([answer('unknown', second), answer('unknown', second)], both).payment, at(200))).toMatchObject({ refund: { id: REFUND_ID } });
  });
});
