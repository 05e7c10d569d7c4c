import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AMOUNT, codeIssued, delayed, inputs, place, succeeded, tell } from '../../test/orders.js';
import { attemptsOf } from './attempt.js';
import { decide, type OrderInput } from './decide-order.js';
import { nextAction } from './next-action.js';
import { hasEnded, isPaid, type Order, type OrderEvent } from './order.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed, numRuns: 200 });

const anyInputs = fc.array(fc.constantFrom(...inputs), { maxLength: 30 });
const REPORTS = new Set<OrderInput['kind']>(['payment-succeeded', 'payment-needs-attention']);

interface Step {
  readonly before: Order;
  readonly input: OrderInput;
  readonly after: Order;
  readonly events: readonly OrderEvent[];
}

function steps(told: readonly OrderInput[]): Step[] {
  let before = tell([place]).order;
  return told.map((input) => {
    const { order: after, events } = tell([input], before);
    const step = { before, input, after, events };
    before = after;
    return step;
  });
}

function holds(rule: (step: Step) => void): void {
  fc.assert(fc.property(anyInputs, (told) => steps(told).forEach(rule)));
}

describe(`whatever is said of an order, in any order and as often as you like (SEED=${seed})`, () => {
  it('it is paid only by a success of our amount and currency', () => {
    holds(({ before, input, after }) => {
      if (isPaid(before) || !isPaid(after)) return;
      expect(input.kind === 'payment-succeeded' ? input.amount : undefined).toEqual(AMOUNT);
    });
  });

  it('what has ended stays as it ended; only a person can be told more, and money can go back', () => {
    holds(({ before, after, events }) => {
      if (!hasEnded(before)) return;
      const mayGoBack = isPaid(before) && isPaid(after) ? { refunds: [], status: 'paid' } : {};
      expect({ ...after, attention: null, ...mayGoBack }).toEqual({ ...before, attention: null, ...mayGoBack });
      expect(events.filter(({ kind }) => kind !== 'AttentionNeeded' && !(isPaid(before) && kind.startsWith('Refund')))).toEqual([]);
    });
  });

  it('money is never forgotten: the order is paid by it, or a person is told', () => {
    holds(({ input, after }) => {
      if (!REPORTS.has(input.kind)) return;
      const isPaidByIt = input.kind === 'payment-succeeded' && isPaid(after) && after.paid.paymentId === input.paid.paymentId;
      expect(isPaidByIt || after.attention !== null).toBe(true);
    });
  });

  it('what a person was told of is never taken back', () => {
    holds(({ before, after }) => {
      if (before.attention !== null) expect(after.attention).not.toBeNull();
    });
  });

  it('it ends once, and is told so once', () => {
    fc.assert(fc.property(anyInputs, (told) => {
      const ends = tell([place, ...told]).events.filter(({ kind }) => ['OrderPaid', 'OrderCancelled', 'OrderExpired', 'OrderFailed'].includes(kind));
      expect(ends.length).toBeLessThanOrEqual(1);
    }));
  });

  it('saying it twice is saying it once', () => {
    holds(({ input, after }) => {
      expect(tell([input], after)).toEqual({ order: after, events: [] });
    });
  });

  it('goods are handed over exactly when the order is paid, and neither given back whole nor owed again', () => {
    holds(({ after }) => {
      const isOwedAgain = after.refunds.some(({ status }) => status === 'reversed');
      expect(nextAction(after) === 'hand-over-goods').toBe(isPaid(after) && after.status !== 'refunded' && !isOwedAgain);
    });
  });

  it('of its payments it remembers each once, and at most one can be paid', () => {
    holds(({ after }) => {
      const attempts = attemptsOf(after);
      expect(new Set(attempts.map(({ paymentId }) => paymentId)).size).toBe(attempts.length);
      expect(attempts.filter(({ status }) => status === 'code-issued' || status === 'paid').length).toBeLessThanOrEqual(1);
    });
  });

  it('a cancel is refused only where it is too late for it', () => {
    holds(({ after }) => {
      const decided = decide(after, { kind: 'cancel', reason: null });
      const isTooLate = isPaid(after) || after.status === 'expired' || after.status === 'failed';
      expect(decided.ok).toBe(!isTooLate);
    });
  });
});

describe(`the reports of one payment that succeeded (SEED=${seed})`, () => {
  it('end the order paid in whatever order and however often they come', () => {
    const reports = fc.shuffledSubarray([codeIssued, succeeded(), delayed, codeIssued, succeeded()] as OrderInput[], { minLength: 5 });
    fc.assert(fc.property(reports, (told) => {
      expect(tell([place, ...told]).order).toMatchObject({ status: 'paid', attention: null });
    }));
  });
});
