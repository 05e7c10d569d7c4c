import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import {
  AFTER_EXPIRY, ALIPAY_ID, at, cancelAnswered, cancelConfirmed, cancelSent, close, code, CODE_SECONDS, codeIssued, nameOf, PAYMENT_ID, payRefused, paySent, payUnknown, payWithheld,
  REFUND_ID, report, requested, requestRefund, success, successReport, tell,
} from '../../test/payments.js';
import { decide, type PaymentInput } from './decide-payment.js';
import { PAYS_MAX, type Payment } from './payment.js';

const paid = report(successReport());
const lateNotice = (verdict = successReport(), receivedAt = AFTER_EXPIRY) => report(verdict, receivedAt, 'notification');
const paidTwice = { kind: 'success', amount: money('USD', 1_099n), success: { ...success, alipayPaymentId: '202611251140108001001880H0204599999' } } as const;
const tooMuch = successReport(money('USD', 1_100n));
const otherCurrency = successReport(money('SGD', 1_099n));
const giveBack: PaymentInput = { kind: 'give-back', id: REFUND_ID, now: AFTER_EXPIRY };
const refundDone: PaymentInput = { kind: 'refund-answered', id: REFUND_ID, answer: { kind: 'succeeded', amount: null, alipayRefundId: 'R1', refundedAt: at(120) }, now: at(121) };
const reversed: PaymentInput = { kind: 'refund-reversed', id: REFUND_ID, alipayRefundId: null, amount: money('USD', 99n), now: at(900) };

/** One history for every state that a decision tells apart. */
const histories: Readonly<Record<string, readonly PaymentInput[]>> = {
  'requested, not sent': [requested],
  'requested, sent': [requested, paySent],
  unknown: [requested, paySent, payUnknown],
  'code-issued': [requested, paySent, codeIssued],
  'code-issued, disputed': [requested, paySent, codeIssued, report(tooMuch)],
  'cancelling, not sent': [requested, paySent, codeIssued, close],
  'cancelling, sent': [requested, paySent, codeIssued, close, cancelSent],
  'cancelling, sent, seen paid': [requested, paySent, codeIssued, close, cancelSent, paid],
  'cancelling, disputed': [requested, paySent, codeIssued, close, report(tooMuch)],
  succeeded: [requested, paySent, codeIssued, paid],
  'succeeded, being refunded': [requested, paySent, codeIssued, paid, requestRefund(99n)],
  'succeeded, refunded': [requested, paySent, codeIssued, paid, requestRefund(99n), refundDone],
  'succeeded, paid twice': [requested, paySent, codeIssued, paid, lateNotice(paidTwice)],
  failed: [requested, paySent, payRefused],
  'failed, paid late': [requested, paySent, payRefused, lateNotice()],
  'failed, paid late, past the window': [requested, paySent, payRefused, lateNotice(), cancelAnswered('window-over')],
  'failed, given back': [requested, paySent, payRefused, lateNotice(), cancelConfirmed],
  'expired, closed at Alipay by itself': [requested, paySent, codeIssued, report({ kind: 'failed', resultCode: 'ORDER_IS_CLOSED' }, AFTER_EXPIRY)],
  'cancelled by our cancel': [requested, paySent, codeIssued, close, cancelSent, cancelConfirmed],
};

const inputs: readonly PaymentInput[] = [
  requested, { kind: 'pay-sent', now: at(2) }, payWithheld, codeIssued, payRefused, { kind: 'pay-misconfigured', resultCode: 'KEY_NOT_FOUND' }, payUnknown,
  paid, report({ kind: 'failed', resultCode: 'USER_BALANCE_NOT_ENOUGH' }), report({ kind: 'cancelled' }), report({ kind: 'processing' }), report({ kind: 'not-found' }), report({ kind: 'unknown' }),
  close, cancelSent, cancelConfirmed, cancelAnswered('unknown'), cancelAnswered('not-found'), cancelAnswered('window-over'), { kind: 'too-late' },
  requestRefund(500n, 'R-2'), refundDone, reversed, giveBack, { kind: 'operate', action: 'inquire' }, { kind: 'operate', action: 'close' }, { kind: 'operate', action: 'give-back' },
];

/** Whatever the state: nobody asked for these, and somebody may ask for that. */
const ALWAYS = { 'refund-reversed': 'AttentionNeeded', "operator's inquire": 'InquiryWanted' };
const OPEN = {
  ...ALWAYS, 'reported processing': 'Inquired', 'reported not-found': 'Inquired', 'reported unknown': 'Inquired', "operator's close": 'ClosingStarted',
  "operator's give-back": 'NothingToGiveBack', 'request-refund': 'RefundRefused',
};
const LEARNED = { 'reported success': 'Inquired Succeeded', 'reported failed': 'Inquired Failed', 'reported cancelled': 'Inquired Cancelled' };
const SENT = { 'pay-sent': 'PaySent', 'code-issued': 'CodeIssued', 'pay-refused': 'Failed', 'pay-unknown': 'PayUnknown' };
const ENDED = { ...ALWAYS, "operator's close": 'PaymentAlreadyEnded', "operator's give-back": 'NothingToGiveBack', 'request-refund': 'RefundRefused' };
const PAID = { ...ENDED, 'reported failed': 'AttentionNeeded', 'reported cancelled': 'AttentionNeeded', 'request-refund': 'RefundRequested' };
const CLOSING = { ...OPEN, 'reported failed': 'Inquired Cancelled', 'reported cancelled': 'Inquired Cancelled', 'cancel-sent': 'CancelSent', 'cancel confirmed': 'Cancelled' };

/** What each input does in each state; what is not named does nothing. */
const expected: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'requested, not sent': { ...OPEN, ...LEARNED, ...SENT, 'pay-withheld': 'PayWithheld', 'pay-misconfigured': 'Failed', close: 'Cancelled', "operator's close": 'Cancelled', 'too-late': 'Expired' },
  'requested, sent': { ...OPEN, ...LEARNED, ...SENT, 'pay-withheld': 'PayWithheld', 'pay-misconfigured': 'Failed', close: 'ClosingStarted' },
  unknown: { ...OPEN, ...LEARNED, ...SENT, 'pay-refused': 'PayUnknown', 'pay-misconfigured': 'PayUnknown', close: 'ClosingStarted' },
  'code-issued': { ...OPEN, ...LEARNED, close: 'ClosingStarted' },
  'code-issued, disputed': { ...OPEN, ...LEARNED, close: 'ClosingStarted', "operator's give-back": 'ClosingStarted' },
  'cancelling, not sent': { ...CLOSING, 'reported success': 'Inquired Succeeded', 'pay-refused': 'Failed', "operator's close": undefined },
  'cancelling, sent': { ...CLOSING, 'reported success': 'Inquired PaidSeen', "operator's close": undefined },
  'cancelling, sent, seen paid': {
    ...CLOSING, 'reported success': 'Inquired PaidSeen', 'reported failed': 'Inquired', 'cancel window-over': 'Cancelled LateSuccess GivingBack', "operator's close": undefined,
  },
  'cancelling, disputed': { ...CLOSING, 'reported success': 'Inquired Succeeded', 'pay-refused': 'Failed', "operator's give-back": 'ClosingStarted' },
  succeeded: PAID,
  'succeeded, being refunded': { ...PAID, 'refund succeeded': 'RefundSucceeded' },
  'succeeded, refunded': { ...PAID, 'refund-reversed': 'RefundReversed AttentionNeeded' },
  'succeeded, paid twice': { ...PAID, 'give-back': 'RefundRequested', "operator's give-back": 'GivingBack' },
  failed: { ...ENDED, 'reported success': 'LateSuccess GivingBack' },
  'failed, paid late': {
    ...ENDED, 'cancel confirmed': 'GivenBack', 'cancel unknown': 'GiveBackTried', 'cancel not-found': 'GivingBack AttentionNeeded', 'cancel window-over': 'GivingBack', "operator's give-back": 'GivingBack',
  },
  'failed, paid late, past the window': { ...ENDED, 'give-back': 'RefundRequested', "operator's give-back": 'GivingBack' },
  'failed, given back': ENDED,
  'expired, closed at Alipay by itself': { ...ENDED, 'reported success': 'LateSuccess GivingBack' },
  'cancelled by our cancel': ENDED,
};

describe('a payment in any state', () => {
  it.each(Object.keys(histories))('%s: does what the table says with every input', (state) => {
    const { payment } = tell(histories[state] ?? []);
    const found = inputs.map((input) => [nameOf(input), outcomeOf(payment, input)] as const).filter(([, outcome]) => outcome !== '');
    expect(Object.fromEntries(found)).toEqual(expected[state]);
  });

  it('exists only after it was requested', () => {
    for (const input of inputs.filter(({ kind }) => kind !== 'request')) expect(decide(undefined, input)).toEqual({ ok: false, error: { kind: 'PaymentNotFound' } });
    expect(tell([requested]).payment).toMatchObject({ id: PAYMENT_ID, status: 'requested', pays: 0, attention: null });
  });
});

function outcomeOf(payment: Payment, input: PaymentInput): string {
  const decided = decide(payment, input);
  return decided.ok ? decided.value.map(({ kind }) => kind).join(' ') : decided.error.kind;
}

describe('a pay', () => {
  it('answered S made a code; nobody has paid', () => {
    const { payment, events } = tell([requested, paySent, codeIssued]);
    expect(payment).toMatchObject({ status: 'code-issued', code, alipayPaymentId: ALIPAY_ID });
    expect(events.map(({ kind }) => kind)).not.toContain('Succeeded');
  });

  it('without a believable answer is unknown, not failed, and says so once', () => {
    const { payment, events } = tell([requested, paySent, payUnknown, { kind: 'pay-sent', now: at(1) }, payUnknown]);
    expect(payment).toMatchObject({ status: 'unknown', pays: 2 });
    expect(events.filter((event) => event.kind === 'PayUnknown' && event.isFirst)).toHaveLength(1);
  });

  it('is repeated with the expiry of the first one', () => {
    expect(tell([requested, paySent, payUnknown, { kind: 'pay-sent', now: at(7) }]).payment).toMatchObject({ expiresAt: at(CODE_SECONDS) });
  });
});

describe('a code that Alipay closes', () => {
  it('is expired when it ran out, failed when the customer or the wallet said no', () => {
    const open = [requested, paySent, codeIssued];
    expect(tell([...open, report({ kind: 'failed', resultCode: 'ORDER_IS_CLOSED' })]).payment).toMatchObject({ status: 'expired', beforePay: false });
    expect(tell([...open, report({ kind: 'failed', resultCode: 'USER_BALANCE_NOT_ENOUGH' })]).events.at(-1)).toMatchObject({ kind: 'Failed', byCustomer: true });
  });
});

describe('a payment that Alipay does not know', () => {
  const lost = [requested, paySent, payUnknown];
  it('stays open while its pay could still arrive and be paid', () => {
    expect(tell([...lost, report({ kind: 'not-found' }, at(CODE_SECONDS - 1))]).payment.status).toBe('unknown');
    expect(tell([...lost, close, cancelSent, cancelAnswered('not-found', at(CODE_SECONDS - 1))]).payment).toMatchObject({ status: 'cancelling', attention: null });
  });

  it('is closed once its expiry has passed', () => {
    expect(tell([...lost, report({ kind: 'not-found' }, at(CODE_SECONDS))]).payment.status).toBe('cancelled');
    expect(tell([...lost, close, cancelSent, cancelAnswered('not-found', at(CODE_SECONDS))]).payment.status).toBe('cancelled');
  });
});

describe('a report of success that disagrees', () => {
  const open = [requested, paySent, codeIssued];
  const wrong = [tooMuch, otherCurrency, successReport(null), paidTwice, { ...successReport(), success: { ...success, alipayPaymentId: '' } } as const];

  it.each(wrong)('is set apart when it is a notification, and told to a person when it is our own inquiry (%#)', (verdict) => {
    const notified = tell([...open, report(verdict, at(31), 'notification')]);
    expect(notified.events.at(-1)?.kind).toBe('ReportQuarantined');
    expect(notified.payment).toMatchObject({ status: 'code-issued', attention: null });
    const inquired = tell([report(verdict)], notified.payment);
    expect(inquired.events.map(({ kind }) => kind)).toEqual(['Inquired', 'AttentionNeeded']);
    expect(tell([report(verdict)], inquired.payment).events.map(({ kind }) => kind)).toEqual(['Inquired']);
  });

  it('does not hinder an agreeing one', () => {
    expect(tell([...open, report(tooMuch), paid]).payment.status).toBe('succeeded');
  });

  it('goes to a person at once when the payment has ended: nobody would ask any more', () => {
    for (const state of ['failed', 'succeeded', 'cancelled by our cancel']) {
      const { payment, events } = tell([lateNotice(tooMuch), lateNotice(tooMuch)], tell(histories[state] ?? []).payment);
      expect(events).toEqual([{ kind: 'AttentionNeeded', reason: 'the reported amount differs from ours', reported: money('USD', 1_100n) }]);
      expect(payment.attention).not.toBeNull();
    }
  });
});

describe('a cancel that crosses the payment', () => {
  const sent = [requested, paySent, codeIssued, close, cancelSent];
  it('does not happen when the money was seen before it was sent', () => {
    expect(tell([requested, paySent, codeIssued, close, paid, cancelSent]).payment.status).toBe('succeeded');
  });

  it('gives the money back itself, whichever is heard first', () => {
    const reportFirst = tell([...sent, paid, cancelConfirmed]);
    expect(reportFirst.payment).toMatchObject({ status: 'cancelled', paidBefore: true, attention: null });
    expect(tell([lateNotice()], reportFirst.payment).events).toEqual([]);
    const cancelFirst = tell([...sent, cancelConfirmed]);
    expect(tell([lateNotice()], cancelFirst.payment).events).toEqual([]);
  });

  it('gives nothing back of what was paid after it', () => {
    const later = { ...successReport(), success: { ...success, paidAt: at(41) } } as const;
    expect(tell([...sent, cancelConfirmed, lateNotice(later)]).payment).toMatchObject({ status: 'cancelled', lateSuccess: later.success, givingBack: { by: 'cancel' } });
  });

  it('is not taken for done while it is only refused or unknown', () => {
    expect(tell([...sent, cancelAnswered('unknown'), cancelAnswered('window-over')]).payment).toMatchObject({ status: 'cancelling', attention: null });
    expect(tell([...sent, paid, cancelAnswered('not-found', AFTER_EXPIRY)]).payment).toMatchObject({ status: 'cancelling', paidSeen: success });
  });

  it('that comes after the window gives back by a refund what was given up, and takes as paid what only ran out', () => {
    const { payment, events } = tell([...sent, paid, cancelAnswered('window-over')]);
    expect(payment).toMatchObject({ status: 'cancelled', paidBefore: false, lateSuccess: success, givingBack: { by: 'refund', tries: 0 } });
    expect(events.map(({ kind }) => kind)).not.toContain('Succeeded');
    const ranOut = [requested, paySent, codeIssued, { kind: 'close', cause: 'code-expired' }, cancelSent, paid, cancelAnswered('window-over')] as const;
    expect(tell(ranOut).payment).toMatchObject({ status: 'succeeded', success });
  });

  it('goes to a person after six times without an answer that ends it', () => {
    const tries = (count: number, answer: PaymentInput) => tell([requested, paySent, codeIssued, close, ...Array.from({ length: count }, () => [cancelSent, answer]).flat()]).payment.attention;
    for (const answer of [cancelAnswered('unknown'), cancelAnswered('window-over')]) {
      expect(tries(5, answer)).toBeNull();
      expect(tries(6, answer)).toBe('Alipay does not confirm the cancel');
    }
  });
});

describe('a pay that our own mistake keeps from Alipay', () => {
  const misconfigured: PaymentInput = { kind: 'pay-misconfigured', resultCode: 'KEY_NOT_FOUND' };
  it('fails the payment when it was the only call', () => {
    expect(tell([requested, paySent, misconfigured]).payment).toMatchObject({ status: 'failed', resultCode: 'KEY_NOT_FOUND' });
  });

  it('says nothing about an earlier call that may have made a code: that is asked about, not repeated', () => {
    expect(tell([requested, paySent, payUnknown, paySent, misconfigured]).payment).toMatchObject({ status: 'unknown', pays: PAYS_MAX });
  });
});

describe('a pay that Alipay refuses', () => {
  it('says nothing about an earlier call that nobody answered: that one may have made a code, so it is asked about, not repeated', () => {
    const { payment } = tell([requested, paySent, payUnknown, paySent, payRefused]);
    expect(payment).toMatchObject({ status: 'unknown', pays: PAYS_MAX });
    expect(tell([report({ kind: 'failed', resultCode: 'RISK_REJECT' })], payment).payment.status).toBe('failed');
  });
});

describe('a pay that is held back while Alipay does not answer', () => {
  it('was not sent: it has no expiry, may be given up without a call, and says once that it is delayed', () => {
    const { payment, events } = tell([requested, paySent, payWithheld, paySent, payWithheld]);
    expect(payment).toMatchObject({ status: 'requested', pays: 0, expiresAt: null, isDelayed: true });
    expect(events.filter((event) => event.kind === 'PayWithheld' && event.isFirst)).toHaveLength(1);
    expect(tell([close], payment).payment.status).toBe('cancelled');
  });

  it('that was not even written down changes nothing but that', () => {
    expect(tell([requested, paySent, payUnknown, paySent, { kind: 'pay-withheld', wasWritten: false }]).payment).toMatchObject({ pays: 2, isDelayed: true });
  });

  it('keeps what an earlier call may have done', () => {
    const { payment } = tell([requested, paySent, payUnknown, paySent, payWithheld]);
    expect(payment).toMatchObject({ status: 'requested', pays: 1, expiresAt: at(CODE_SECONDS) });
    expect(tell([close], payment).payment.status).toBe('cancelling');
  });
});
