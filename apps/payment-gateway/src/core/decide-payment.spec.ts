import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import {
  AFTER_EXPIRY, ALIPAY_ID, at, cancelConfirmed, cancelSent, close, code, CODE_SECONDS, codeIssued, nameOf, PAYMENT_ID, paySent, payUnknown, report, requested,
  success, successReport, tell,
} from '../../test/payments.js';
import { decide, type PaymentInput } from './decide-payment.js';
import type { Payment } from './payment.js';

const paid = report(successReport());
const lateNotice = (verdict = successReport(), receivedAt = AFTER_EXPIRY) => report(verdict, receivedAt, 'notification');
const paidTwice = { kind: 'success', amount: money('USD', 1_099n), success: { ...success, alipayPaymentId: '202611251140108001001880H0204599999' } } as const;
const tooMuch = successReport(money('USD', 1_100n));
const otherCurrency = successReport(money('SGD', 1_099n));

/** One history for every state that a decision tells apart. */
const histories: Readonly<Record<string, readonly PaymentInput[]>> = {
  'requested, not sent': [requested],
  'requested, sent': [requested, paySent],
  unknown: [requested, paySent, payUnknown],
  'code-issued': [requested, paySent, codeIssued],
  'cancelling, not sent': [requested, paySent, codeIssued, close],
  'cancelling, sent': [requested, paySent, codeIssued, close, cancelSent],
  'cancelling, sent, seen paid': [requested, paySent, codeIssued, close, cancelSent, paid],
  succeeded: [requested, paySent, codeIssued, paid],
  failed: [requested, paySent, { kind: 'pay-refused', resultCode: 'RISK_REJECT' }],
  'expired, closed at Alipay by itself': [requested, paySent, codeIssued, report({ kind: 'failed', resultCode: 'ORDER_IS_CLOSED' }, AFTER_EXPIRY)],
  'cancelled by our cancel': [requested, paySent, codeIssued, close, cancelSent, cancelConfirmed],
};

const inputs: readonly PaymentInput[] = [
  requested, { kind: 'pay-sent', now: at(2) }, codeIssued, { kind: 'pay-refused', resultCode: 'RISK_REJECT' }, payUnknown,
  paid, report({ kind: 'failed', resultCode: 'USER_BALANCE_NOT_ENOUGH' }), report({ kind: 'cancelled' }), report({ kind: 'processing' }), report({ kind: 'not-found' }), report({ kind: 'unknown' }),
  close, cancelSent, cancelConfirmed, { kind: 'cancel-unknown' }, { kind: 'cancel-refused', resultCode: 'CANCEL_WINDOW_EXCEED', now: at(40) }, { kind: 'too-late' },
];

const ASKED = { 'reported processing': 'Inquired', 'reported not-found': 'Inquired', 'reported unknown': 'Inquired' };
const LEARNED = { 'reported success': 'Inquired Succeeded', 'reported failed': 'Inquired Failed', 'reported cancelled': 'Inquired Cancelled' };

/** What each input does in each state; what is not named does nothing. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'requested, not sent': { ...ASKED, ...LEARNED, 'pay-sent': 'PaySent', 'code-issued': 'CodeIssued', 'pay-refused': 'Failed', 'pay-unknown': 'PayUnknown', close: 'Cancelled', 'too-late': 'Expired' },
  'requested, sent': { ...ASKED, ...LEARNED, 'pay-sent': 'PaySent', 'code-issued': 'CodeIssued', 'pay-refused': 'Failed', 'pay-unknown': 'PayUnknown', close: 'ClosingStarted' },
  unknown: { ...ASKED, ...LEARNED, 'pay-sent': 'PaySent', 'code-issued': 'CodeIssued', 'pay-refused': 'Failed', 'pay-unknown': 'PayUnknown', close: 'ClosingStarted' },
  'code-issued': { ...ASKED, ...LEARNED, close: 'ClosingStarted' },
  'cancelling, not sent': {
    ...ASKED, 'reported success': 'Inquired Succeeded', 'reported failed': 'Inquired Cancelled', 'reported cancelled': 'Inquired Cancelled',
    'pay-refused': 'Failed', 'cancel-sent': 'CancelSent', 'cancel-confirmed': 'Cancelled', 'cancel-refused': 'AttentionNeeded',
  },
  'cancelling, sent': {
    ...ASKED, 'reported success': 'Inquired PaidSeen', 'reported failed': 'Inquired Cancelled', 'reported cancelled': 'Inquired Cancelled',
    'cancel-sent': 'CancelSent', 'cancel-confirmed': 'Cancelled', 'cancel-refused': 'AttentionNeeded',
  },
  'cancelling, sent, seen paid': {
    ...ASKED, 'reported success': 'Inquired PaidSeen', 'reported failed': 'Inquired', 'reported cancelled': 'Inquired Cancelled',
    'cancel-sent': 'CancelSent', 'cancel-confirmed': 'Cancelled', 'cancel-refused': 'AttentionNeeded',
  },
  succeeded: { 'reported failed': 'AttentionNeeded', 'reported cancelled': 'AttentionNeeded' },
  failed: { 'reported success': 'LateSuccess' },
  'expired, closed at Alipay by itself': { 'reported success': 'LateSuccess' },
  'cancelled by our cancel': {},
};

describe('a payment in any state', () => {
  it.each(Object.keys(histories))('%s: does what the table says with every input', (state) => {
    const { payment } = tell(histories[state] ?? []);
    const found = inputs.map((input) => [nameOf(input), tell([input], payment).events.map(({ kind }) => kind).join(' ')] as const).filter(([, events]) => events !== '');
    expect(Object.fromEntries(found)).toEqual(expected[state]);
  });

  it('exists only after it was requested', () => {
    for (const input of inputs.filter(({ kind }) => kind !== 'request')) expect(decide(undefined, input)).toEqual({ ok: false, error: { kind: 'PaymentNotFound' } });
    expect(tell([requested]).payment).toMatchObject({ id: PAYMENT_ID, status: 'requested', pays: 0, attention: null });
  });
});

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
    expect(tell([...lost, close, cancelSent, { kind: 'cancel-refused', resultCode: 'ORDER_NOT_EXIST', now: at(CODE_SECONDS - 1) }]).payment).toMatchObject({ status: 'cancelling', attention: null });
  });

  it('is closed once its expiry has passed', () => {
    expect(tell([...lost, report({ kind: 'not-found' }, at(CODE_SECONDS))]).payment.status).toBe('cancelled');
    expect(tell([...lost, close, cancelSent, { kind: 'cancel-refused', resultCode: 'ORDER_NOT_EXIST', now: at(CODE_SECONDS) }]).payment.status).toBe('cancelled');
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
    expect(tell([...sent, cancelConfirmed, lateNotice(later)]).payment).toMatchObject({ status: 'cancelled', attention: 'late success' });
  });

  it('is not taken for done while it is only refused or unknown', () => {
    const refused: PaymentInput = { kind: 'cancel-refused', resultCode: 'ORDER_STATUS_INVALID', now: at(40) };
    expect(tell([...sent, { kind: 'cancel-unknown' }, refused]).payment).toMatchObject({ status: 'cancelling', attention: null });
    const gone: PaymentInput = { kind: 'cancel-refused', resultCode: 'ORDER_NOT_EXIST', now: AFTER_EXPIRY };
    expect(tell([...sent, paid, gone]).payment).toMatchObject({ status: 'cancelling', attention: 'Alipay refuses to cancel: ORDER_NOT_EXIST' });
  });

  it('goes to a person after six times without an answer that ends it', () => {
    const tries = (count: number, answer: PaymentInput) => tell([requested, paySent, codeIssued, close, ...Array.from({ length: count }, () => [cancelSent, answer]).flat()]).payment.attention;
    for (const answer of [{ kind: 'cancel-unknown' }, { kind: 'cancel-refused', resultCode: 'ORDER_STATUS_INVALID', now: at(40) }] as const) {
      expect(tries(5, answer)).toBeNull();
      expect(tries(6, answer)).toBe('Alipay does not confirm the cancel');
    }
  });
});

describe('money for a payment that has ended', () => {
  const ended = (inputsBefore: readonly PaymentInput[]): Payment => tell(inputsBefore).payment;
  it('is recorded and told once, also when a person was told something else before', () => {
    const troubled = ended([requested, paySent, codeIssued, close, { kind: 'cancel-refused', resultCode: 'PROCESS_FAIL', now: at(40) }, report({ kind: 'failed', resultCode: 'ORDER_IS_CLOSED' })]);
    expect(troubled).toMatchObject({ status: 'cancelled', attention: 'Alipay refuses to cancel: PROCESS_FAIL' });
    const late = tell([lateNotice(), lateNotice()], troubled);
    expect(late.events.map(({ kind }) => kind)).toEqual(['LateSuccess']);
    expect(late.payment).toMatchObject({ status: 'cancelled', attention: 'late success', lateSuccess: success });
  });

  it('is late as well when it is paid a second time under another id', () => {
    expect(tell([lateNotice(paidTwice)], ended(histories['succeeded'] ?? [])).payment).toMatchObject({ status: 'succeeded', success, lateSuccess: paidTwice.success });
  });
});
