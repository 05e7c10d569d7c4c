import { describe, expect, it } from '@jest/globals';
import { money, type RefundId } from '@scantill/kernel';
import fc from 'fast-check';
import { AMOUNT, at, codeIssued, paySent, report, requested, requestRefund, successReport, tell } from '../../test/payments.js';
import type { PaymentInput } from './decide-payment.js';
import { nextCall } from './next-call.js';
import type { Payment } from './payment.js';
import { isOpen, REFUNDS_MAX, sumsOf, type RefundAnswer } from './refund.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed, numRuns: 300 });

const paid = tell([requested, paySent, codeIssued, report(successReport())]).payment;
const idOf = (key: number) => `${key}`.padStart(32, '0') as RefundId;

/** Alipay's own books of one payment: once per request id, and never more than was paid. */
class RefundsAtAlipay {
  readonly given = new Map<RefundId, bigint>();

  refund(id: RefundId, minor: bigint): RefundAnswer {
    const isTooMuch = this.total + minor > AMOUNT.minor;
    if (!this.given.has(id) && isTooMuch) return { kind: 'refused', problem: 'refund.exceeds-paid', resultCode: 'REFUND_AMOUNT_EXCEED' };
    this.given.set(id, minor);
    return this.inquire(id);
  }

  inquire(id: RefundId): RefundAnswer {
    const minor = this.given.get(id);
    return minor === undefined ? { kind: 'not-found' } : { kind: 'succeeded', amount: money('USD', minor), alipayRefundId: `R-${id}`, refundedAt: at(200) };
  }

  get total(): bigint {
    return [...this.given.values()].reduce((sum, minor) => sum + minor, 0n);
  }
}

type Step =
  | { readonly kind: 'ask'; readonly key: number; readonly minor: bigint }
  /** The next call of the worker and what becomes of it. `late`: it arrives after its time-out. */
  | { readonly kind: 'call'; readonly fate: 'answered' | 'request-lost' | 'answer-lost' | 'in-process' | 'late' };

const asks = fc.record({ kind: fc.constant('ask' as const), key: fc.nat(9), minor: fc.constantFrom(1n, 99n, 100n, 500n, 549n, 1_000n, 1_099n, 1_100n) });
const calls = fc.record({ kind: fc.constant('call' as const), fate: fc.constantFrom('answered' as const, 'answered' as const, 'request-lost' as const, 'answer-lost' as const, 'in-process' as const, 'late' as const) });
const days: fc.Arbitrary<Step[]> = fc.array(fc.oneof(asks, calls), { maxLength: 60 });

/** One payment being refunded through a bad line; `holds` sees it after every step. */
function refundDay(day: readonly Step[], holds: (payment: Payment, alipay: RefundsAtAlipay) => void): { readonly payment: Payment; readonly alipay: RefundsAtAlipay } {
  const alipay = new RefundsAtAlipay();
  const underWay: (() => void)[] = [];
  let payment = paid;
  const apply = (input: PaymentInput) => {
    payment = tell([input], payment).payment;
    holds(payment, alipay);
  };
  const call = (fate: Extract<Step, { kind: 'call' }>['fate']): boolean => {
    const next = nextCall(payment, at(300));
    if (next.kind !== 'refund' && next.kind !== 'inquire-refund') return false;
    const { id, amount } = next.refund;
    const ask = () => (next.kind === 'refund' ? alipay.refund(id, amount.minor) : alipay.inquire(id));
    if (fate === 'late') underWay.push(() => void ask());
    const isArrived = fate !== 'request-lost' && fate !== 'late';
    const answer = isArrived ? ask() : undefined;
    const heard: RefundAnswer = fate === 'answered' && answer !== undefined ? answer : fate === 'in-process' && answer?.kind === 'succeeded' ? { kind: 'in-process' } : { kind: 'unknown' };
    apply({ kind: 'refund-answered', id, answer: heard, now: at(300) });
    return true;
  };
  for (const step of day) {
    if (step.kind === 'ask') apply(requestRefund(step.minor, `R-${step.key}`, idOf(step.key)));
    else if (!call(step.fate)) underWay.shift()?.();
  }
  underWay.forEach((arrive) => arrive());
  while (call('answered'));
  return { payment, alipay };
}

describe(`refunds of one payment, in any order, through lost calls (SEED=${seed})`, () => {
  it('never reserve and give back more than was paid, here or at Alipay', () => {
    fc.assert(fc.property(days, (day) => {
      refundDay(day, ({ refunds }, alipay) => {
        const { refunded, pending } = sumsOf(refunds, 'USD');
        expect(refunded.minor + pending.minor).toBeLessThanOrEqual(AMOUNT.minor);
        // What Alipay may have given back is never free for another refund.
        expect(alipay.total).toBeLessThanOrEqual(refunded.minor + pending.minor);
      });
    }));
  });

  it('end as Alipay has them, each once', () => {
    fc.assert(fc.property(days, (day) => {
      const { payment, alipay } = refundDay(day, () => undefined);
      expect(payment.refunds.filter(isOpen)).toEqual([]);
      const succeeded = payment.refunds.filter(({ status }) => status === 'succeeded').map(({ id, amount }) => [id, amount.minor] as const);
      expect(new Map(succeeded)).toEqual(alipay.given);
      expect(succeeded).toHaveLength(alipay.given.size);
    }));
  });

  it('are one refund when the same key is asked twice, whatever else is asked for in between', () => {
    const keys = fc.array(fc.record({ key: fc.nat(3), minor: fc.constantFrom(1n, 550n, 1_099n) }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(keys, (asked) => {
      const { payment } = tell(asked.map(({ key, minor }, index) => requestRefund(minor, `R-${key}`, idOf(index))), paid);
      const firsts = new Map<string, bigint>();
      for (const { key, minor } of asked) if (!firsts.has(`R-${key}`)) firsts.set(`R-${key}`, minor);
      expect(payment.refunds.map(({ key, amount }) => [key, amount.minor])).toEqual([...firsts]);
    }));
  });
});

describe('a refund', () => {
  it('that was refused for too much may be asked for again under another key once something bounced', () => {
    const all = tell([requestRefund(1_099n, 'all', idOf(1)), { kind: 'refund-answered', id: idOf(1), answer: { kind: 'succeeded', amount: AMOUNT, alipayRefundId: 'A', refundedAt: at(200) }, now: at(200) }], paid).payment;
    expect(tell([requestRefund(1n, 'more', idOf(2))], all).events).toMatchObject([{ kind: 'RefundRefused', problem: 'refund.exceeds-paid' }]);
    const bounced = tell([{ kind: 'refund-reversed', id: null, alipayRefundId: 'A', amount: AMOUNT, now: at(900) }], all);
    expect(bounced.events.map(({ kind }) => kind)).toEqual(['RefundReversed', 'AttentionNeeded']);
    expect(tell([requestRefund(1_099n, 'again', idOf(3))], bounced.payment).events).toMatchObject([{ kind: 'RefundRequested' }]);
  });

  it('in another currency, or beyond the bound, is refused', () => {
    const singapore: PaymentInput = { kind: 'request-refund', refund: { id: idOf(1), key: 'sgd', amount: money('SGD', 1n), reason: null, requestedAt: at(100) } };
    expect(tell([singapore], paid).events).toMatchObject([{ kind: 'RefundRefused', problem: 'refund.currency-differs' }]);
    const many = Array.from({ length: REFUNDS_MAX }, (_, index) => requestRefund(1n, `R-${index}`, idOf(index)));
    expect(tell([...many, requestRefund(1n, 'one more', idOf(REFUNDS_MAX))], paid).events.at(-1)).toMatchObject({ kind: 'RefundRefused', problem: 'refund.too-many' });
  });

  it('whose answer names another amount is not taken for ours: it stays reserved and is asked about', () => {
    const asked = tell([requestRefund(99n, 'R-1', idOf(1))], paid).payment;
    const wrong = tell([{ kind: 'refund-answered', id: idOf(1), answer: { kind: 'succeeded', amount: money('USD', 98n), alipayRefundId: 'A', refundedAt: at(200) }, now: at(200) }], asked).payment;
    expect(wrong.refunds).toMatchObject([{ status: 'unknown', isTaken: true }]);
    expect(nextCall(wrong, at(300))).toMatchObject({ kind: 'inquire-refund' });
  });

  it('that is refused when it is asked for again keeps its reserve until it is known what became of the first call', () => {
    const answered = (answer: RefundAnswer): PaymentInput => ({ kind: 'refund-answered', id: idOf(1), answer, now: at(300) });
    const refused = answered({ kind: 'refused', problem: 'refund.refused', resultCode: 'RISK_REJECT' });
    const doubted = tell([requestRefund(99n, 'R-1', idOf(1)), answered({ kind: 'unknown' }), refused], paid).payment;
    expect(sumsOf(doubted.refunds, 'USD').pending.minor).toBe(99n);
    expect(nextCall(doubted, at(300))).toMatchObject({ kind: 'inquire-refund' });
    expect(tell([answered({ kind: 'succeeded', amount: money('USD', 99n), alipayRefundId: 'A', refundedAt: at(200) })], doubted).payment.refunds).toMatchObject([{ status: 'succeeded' }]);
    const sent: PaymentInput = { kind: 'refund-sent', id: idOf(1) };
    expect(tell([requestRefund(99n, 'R-1', idOf(1)), sent, refused], paid).payment.refunds).toMatchObject([{ status: 'failed' }]);
    // We died while the first call was under way.
    expect(tell([requestRefund(99n, 'R-1', idOf(1)), sent, sent, refused], paid).payment.refunds).toMatchObject([{ status: 'unknown', isTaken: true }]);
    expect(tell([answered({ kind: 'not-found' }), refused], doubted).payment.refunds).toMatchObject([{ status: 'failed', resultCode: 'RISK_REJECT' }]);
  });

  it('that nobody answers for is told to a person after twelve times, and asked about for ever', () => {
    const silent = (count: number) => tell([requestRefund(99n, 'R-1', idOf(1)), ...Array.from({ length: count }, (): PaymentInput => ({ kind: 'refund-answered', id: idOf(1), answer: { kind: 'unknown' }, now: at(300) }))], paid).payment;
    expect(silent(12).attention).toBeNull();
    expect(silent(13).attention).toBe('Alipay does not say what became of a refund');
    expect(nextCall(silent(200), at(300))).toMatchObject({ kind: 'inquire-refund' });
  });
});
