import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AMOUNT, codeIssued, place, refund, refundFailed, refundReversed, refundSucceeded, succeeded, tell } from '../../test/orders.js';
import type { OrderInput } from './decide-order.js';
import type { Order, OrderEvent } from './order.js';
import { refundSums, type Refund } from './refund.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed, numRuns: 300 });

const paid = tell([place, codeIssued, succeeded()]).order;

/** Each key always asks for the same amount, so that reports can agree with it; a few ask for all that is left. */
const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'rest-1', 'rest-2'];
const amounts = fc.array(fc.bigInt(1n, 1_200n), { minLength: keys.length, maxLength: keys.length });
const steps = fc.array(fc.tuple(fc.nat(keys.length - 1), fc.constantFrom('ask', 'succeed', 'fail', 'reverse')), { maxLength: 60 });

/** Reports are of what was really asked, as the gateway's are. */
function toInput(order: Order, key: string, cents: bigint, what: string): OrderInput {
  if (what === 'ask') return key.startsWith('rest') ? refund(key) : refund(key, cents);
  const amount = order.refunds.find((each) => each.key === key)?.amount.minor ?? cents;
  return what === 'succeed' ? refundSucceeded(key, amount) : what === 'fail' ? refundFailed(key, amount) : refundReversed(key, amount);
}

function holds(rule: (step: { before: Order; after: Order; events: readonly OrderEvent[]; all: readonly OrderEvent[] }) => void): void {
  fc.assert(fc.property(amounts, steps, (cents, told) => {
    let before = paid;
    let all: OrderEvent[] = [];
    for (const [index, what] of told) {
      const { order: after, events } = tell([toInput(before, keys[index]!, cents[index]!, what)], before);
      all = [...all, ...events];
      rule({ before, after, events, all });
      before = after;
    }
  }));
}

const MAY_BECOME: Readonly<Record<Refund['status'], readonly Refund['status'][]>> = {
  requested: ['requested', 'succeeded', 'failed'], succeeded: ['succeeded', 'reversed'], failed: ['failed', 'succeeded'], reversed: ['reversed'],
};

describe(`whatever is asked and reported of refunds, in any order and as often as you like (SEED=${seed})`, () => {
  it('what went back and what is on its way never exceed what was paid', () => {
    holds(({ after }) => {
      const { refunded, refunding, left } = refundSums(after);
      expect(refunded.minor >= 0n && refunding.minor >= 0n && left.minor >= 0n).toBe(true);
      expect(refunded.minor + refunding.minor + left.minor).toBe(AMOUNT.minor);
    });
  });

  it('money is conserved: what went back is what succeeded less what bounced', () => {
    holds(({ after, all }) => {
      const amountOf = (key: string) => after.refunds.find((each) => each.key === key)!.amount.minor;
      const told = all.reduce((sum, event) => {
        if (event.kind === 'RefundSucceeded') return sum + amountOf(event.refundKey);
        return event.kind === 'RefundReversed' ? sum - amountOf(event.refundKey) : sum;
      }, 0n);
      expect(refundSums(after).refunded.minor).toBe(told);
    });
  });

  it('the state of the order follows from the sum', () => {
    holds(({ after }) => {
      const { refunded } = refundSums(after);
      expect(after.status).toBe(refunded.minor === 0n ? 'paid' : refunded.minor === AMOUNT.minor ? 'refunded' : 'partly-refunded');
    });
  });

  it('no refund is lost, changes its amount, or goes back to where it was', () => {
    holds(({ before, after }) => {
      for (const old of before.refunds) {
        const now = after.refunds.find(({ key }) => key === old.key)!;
        expect(now.amount).toEqual(old.amount);
        expect(MAY_BECOME[old.status]).toContain(now.status);
      }
    });
  });

  it('an end is told once', () => {
    holds(({ all }) => {
      const ends = all.flatMap((event) => (event.kind === 'RefundSucceeded' || event.kind === 'RefundReversed' ? [`${event.kind} ${event.refundKey}`] : []));
      expect(new Set(ends).size).toBe(ends.length);
    });
  });
});
