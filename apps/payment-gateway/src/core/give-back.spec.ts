import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import {
  AFTER_EXPIRY, AMOUNT, at, cancelAnswered, cancelConfirmed, cancelSent, close, codeIssued, payRefused, paySent, REFUND_ID, report, requested, requestRefund, success, successReport, tell,
} from '../../test/payments.js';
import { decide, type PaymentInput } from './decide-payment.js';
import { nextCall, nextLook } from './next-call.js';
import type { Payment } from './payment.js';
import type { RefundAnswer } from './refund.js';

const late = report(successReport(), AFTER_EXPIRY, 'notification');
const paidTwice = report({ kind: 'success', amount: AMOUNT, success: { ...success, alipayPaymentId: 'another' } }, AFTER_EXPIRY, 'notification');
const giveBack: PaymentInput = { kind: 'give-back', id: REFUND_ID, now: AFTER_EXPIRY };
const operate = (action: 'inquire' | 'close' | 'give-back'): PaymentInput => ({ kind: 'operate', action });
const answered = (answer: RefundAnswer): PaymentInput => ({ kind: 'refund-answered', id: REFUND_ID, answer, now: AFTER_EXPIRY });
const refunded = answered({ kind: 'succeeded', amount: AMOUNT, alipayRefundId: 'R1', refundedAt: AFTER_EXPIRY });
const refusedRefund = answered({ kind: 'refused', problem: 'refund.insufficient-funds', resultCode: 'MERCHANT_BALANCE_NOT_ENOUGH' });

const failed = tell([requested, paySent, payRefused]).payment;
const owing = tell([late], failed).payment;
const pastWindow = tell([cancelAnswered('window-over')], owing).payment;
const callOf = (payment: Payment) => nextCall(payment, AFTER_EXPIRY);

describe('money for a payment that has ended', () => {
  it('is told once, and goes back by a cancel', () => {
    const { payment, events } = tell([late, late], failed);
    expect(events.map(({ kind }) => kind)).toEqual(['LateSuccess', 'GivingBack']);
    expect(payment).toMatchObject({ status: 'failed', lateSuccess: success, givingBack: { by: 'cancel' } });
    expect(callOf(payment)).toEqual({ kind: 'give-back-cancel' });
  });

  it('is told as well when a person was told something else before', () => {
    const troubled = { ...failed, attention: 'Alipay does not confirm the cancel' };
    expect(tell([late], troubled).payment).toMatchObject({ lateSuccess: success, givingBack: { by: 'cancel' } });
  });

  it('is over once the cancel is confirmed', () => {
    const { payment } = tell([cancelConfirmed], owing);
    expect(payment).toMatchObject({ status: 'failed', attention: null, lateSuccess: success });
    expect(callOf(payment)).toEqual({ kind: 'nothing' });
    expect(nextLook(payment, AFTER_EXPIRY)).toBeUndefined();
  });

  it('goes back as a refund of the whole amount once the window is over, with one id for every repetition', () => {
    expect(callOf(pastWindow)).toEqual({ kind: 'start-give-back-refund' });
    const asked = tell([giveBack, { ...giveBack, id: 'ffffffffffffffffffffffffffffffff' } as PaymentInput, answered({ kind: 'unknown' })], pastWindow).payment;
    expect(asked.refunds).toMatchObject([{ id: REFUND_ID, key: null, amount: AMOUNT, status: 'unknown' }]);
    expect(callOf(asked)).toMatchObject({ kind: 'refund', refund: { id: REFUND_ID } });
    const done = tell([refunded], asked).payment;
    expect(done).toMatchObject({ attention: null, refunds: [{ status: 'succeeded' }] });
    expect(callOf(done)).toEqual({ kind: 'nothing' });
  });

  it.each([['Alipay refuses the refund', tell([giveBack, refusedRefund], pastWindow).payment], ['Alipay knows nothing to cancel', tell([cancelAnswered('not-found')], owing).payment]])('goes to a person when %s', (_why, payment) => {
    expect(payment).toMatchObject({ givingBack: { by: 'person' }, attention: 'late money could not be given back' });
    expect(callOf(payment)).toEqual({ kind: 'nothing' });
  });

  it('is tried for ever at growing distances while nobody answers, and told to a person', () => {
    const unanswered = (count: number) => tell(Array.from({ length: count }, () => cancelAnswered('unknown')), owing).payment;
    expect(unanswered(7).attention).toBeNull();
    expect(unanswered(8)).toMatchObject({ attention: 'late money could not be given back', givingBack: { by: 'cancel', tries: 8 } });
    expect(nextLook(unanswered(50), AFTER_EXPIRY)).toEqual(new Date(AFTER_EXPIRY.getTime() + 60_000));
  });

  it('never cancels the payment that succeeded: paid twice, only the second goes back', () => {
    const paid = tell([requested, paySent, codeIssued, report(successReport())]).payment;
    const twice = tell([paidTwice, giveBack], paid).payment;
    expect(twice).toMatchObject({ status: 'succeeded', success, lateSuccess: { alipayPaymentId: 'another' }, givingBack: { by: 'refund' } });
    expect(callOf(twice)).toMatchObject({ kind: 'refund', refund: { key: null } });
    // What the customer may ask back is not touched by it.
    expect(tell([requestRefund(1_099n, 'all', 'aa' as never)], twice).events).toMatchObject([{ kind: 'RefundRequested' }]);
  });
});

describe('an operator', () => {
  const disputedReport = report(successReport(money('USD', 1_100n)));
  const disputed = tell([requested, paySent, codeIssued, disputedReport]).payment;
  const disputedClosing = tell([requested, paySent, codeIssued, close, disputedReport]).payment;

  it.each([['shown', disputed], ['being closed', disputedClosing]])('decides about a disputed payment that is %s: it is asked about once more, then cancelled', (_state, payment) => {
    expect(callOf(payment)).toEqual({ kind: 'inquire' });
    for (const action of ['close', 'give-back'] as const) {
      const decided = tell([operate(action)], payment).payment;
      expect(decided).toMatchObject({ status: 'cancelling', cause: 'operator' });
      expect(callOf(decided)).toEqual({ kind: 'inquire' });
      expect(callOf(tell([disputedReport], decided).payment)).toEqual({ kind: 'cancel' });
      expect(tell([disputedReport, cancelSent, cancelConfirmed], decided).payment.status).toBe('cancelled');
    }
  });

  it('who closes a disputed payment after the window ends it here; its money is for a person to give back', () => {
    const decided = tell([operate('close'), disputedReport, cancelSent, cancelAnswered('window-over')], disputed).payment;
    expect(decided).toMatchObject({ status: 'cancelled', paidBefore: false, givingBack: { by: 'person' }, attention: 'the reported amount differs from ours' });
    expect(callOf(decided)).toEqual({ kind: 'nothing' });
    expect(tell([operate('give-back'), cancelAnswered('window-over')], decided).payment).toMatchObject({ givingBack: { by: 'person' }, attention: 'late money could not be given back' });
  });

  it('does not make a cancel that was sent unsent', () => {
    const sent = tell([requested, paySent, codeIssued, close, report({ kind: 'processing' }), cancelSent, disputedReport, operate('close')]).payment;
    expect(sent).toMatchObject({ cause: 'operator', isCancelSent: true });
    expect(tell([report(successReport())], sent).payment).toMatchObject({ status: 'cancelling', paidSeen: success });
  });

  it('has what was ever sent asked about at once, also after the end', () => {
    for (const payment of [disputed, failed, owing]) {
      const wanted = tell([operate('inquire')], payment).payment;
      expect(callOf(wanted)).toEqual({ kind: 'inquire' });
      expect(nextLook(wanted, AFTER_EXPIRY)).toEqual(AFTER_EXPIRY);
      expect(callOf(tell([report({ kind: 'unknown' })], wanted).payment)).toEqual(callOf(payment));
    }
  });

  it('has money given back again that could not be given back', () => {
    const stuck = tell([giveBack, refusedRefund], pastWindow).payment;
    const again = tell([operate('give-back'), cancelAnswered('window-over'), { ...giveBack, id: 'ab' } as PaymentInput], stuck).payment;
    expect(callOf(again)).toMatchObject({ kind: 'refund', refund: { id: 'ab', key: null } });
  });

  it('does not disturb a give-back whose refund is under way', () => {
    const underWay = tell([giveBack, answered({ kind: 'unknown' })], pastWindow).payment;
    expect(tell([operate('give-back')], underWay)).toEqual({ payment: underWay, events: [] });
  });

  it('cannot give back again what was given back, whatever a later report says of it', () => {
    const givenBack = tell([cancelConfirmed, report(successReport(money('USD', 1n)), AFTER_EXPIRY, 'notification')], owing).payment;
    expect(givenBack.attention).toBe('the reported amount differs from ours');
    expect(decide(givenBack, operate('give-back'))).toEqual({ ok: false, error: { kind: 'NothingToGiveBack' } });
  });

  it('is told when there is nothing to give back or to close', () => {
    expect(decide(failed, operate('give-back'))).toEqual({ ok: false, error: { kind: 'NothingToGiveBack' } });
    expect(decide(failed, operate('close'))).toEqual({ ok: false, error: { kind: 'PaymentAlreadyEnded' } });
    expect(decide(tell([requested, paySent]).payment, operate('give-back'))).toEqual({ ok: false, error: { kind: 'NothingToGiveBack' } });
    expect(decide(tell([requested, paySent, operate('close')]).payment, operate('close'))).toEqual({ ok: true, value: [] });
  });

  it('is not needed once a report that disagreed is followed by one that agrees', () => {
    expect(tell([report(successReport(), at(60))], disputed).payment).toMatchObject({ status: 'succeeded', success });
  });
});
