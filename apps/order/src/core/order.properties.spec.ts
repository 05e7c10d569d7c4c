import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AMOUNT, codeIssued, inputs, place, succeeded, tell } from '../../test/orders.js';
import { decide, type OrderInput } from './decide-order.js';
import { nextAction } from './next-action.js';
import { hasEnded, type Order, type OrderEvent } from './order.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed, numRuns: 200 });

const anyInputs = fc.array(fc.constantFrom(...inputs), { maxLength: 30 });
const REPORTS = new Set<OrderInput['kind']>(['payment-succeeded', 'late-success', 'payment-needs-attention']);

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
      if (before.status === 'paid' || after.status !== 'paid') return;
      expect(input.kind === 'payment-succeeded' ? input.amount : undefined).toEqual(AMOUNT);
    });
  });

  it('what has ended stays as it ended; only a person can be told more', () => {
    holds(({ before, after, events }) => {
      if (!hasEnded(before)) return;
      expect({ ...after, attention: null }).toEqual({ ...before, attention: null });
      expect(events.filter(({ kind }) => kind !== 'AttentionNeeded')).toEqual([]);
    });
  });

  it('money is never forgotten: the order is paid by it, or a person is told', () => {
    holds(({ input, after }) => {
      if (!REPORTS.has(input.kind)) return;
      const isPaidByIt = input.kind === 'payment-succeeded' && after.status === 'paid' && after.paid.paymentId === input.paid.paymentId;
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

  it('goods are handed over exactly when the order is paid', () => {
    holds(({ after }) => {
      expect(nextAction(after) === 'hand-over-goods').toBe(after.status === 'paid');
    });
  });

  it('a cancel is refused only where it is too late for it', () => {
    holds(({ after }) => {
      const decided = decide(after, { kind: 'cancel', reason: null });
      const isTooLate = after.status === 'paid' || after.status === 'expired' || after.status === 'failed';
      expect(decided.ok).toBe(!isTooLate);
    });
  });
});

describe(`the reports of one payment that succeeded (SEED=${seed})`, () => {
  it('end the order paid in whatever order and however often they come', () => {
    const reports = fc.shuffledSubarray([codeIssued, succeeded(), { kind: 'payment-delayed' }, codeIssued, succeeded()] as OrderInput[], { minLength: 5 });
    fc.assert(fc.property(reports, (told) => {
      expect(tell([place, ...told]).order).toMatchObject({ status: 'paid', attention: null });
    }));
  });
});
