import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { at, inputs } from '../../test/orders.js';
import { decide } from './decide-order.js';
import { evolve, hasEnded, type Order } from './order.js';
import { stateDiagram, transitions } from './state-diagram.js';

/** Enough to tell apart what decisions tell apart. */
function shapeOf({ status, attention, attempts, refunds, ...rest }: Order): string {
  const collection = 'collection' in rest ? rest.collection : null;
  const told = [attention !== null, attempts.map((attempt) => [attempt.paymentId, attempt.status]), refunds.map((refund) => [refund.key, refund.status, String(refund.amount.minor)])];
  return JSON.stringify([status, told, collection, 'byDeadline' in rest && rest.byDeadline, 'isDelayed' in rest && rest.isDelayed, 'paid' in rest && rest.paid]);
}

/** Every order that can be reached by these inputs, and every change of state on the way. */
function walk(): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open: (Order | undefined)[] = [undefined];
  while (open.length > 0) {
    const before = open.pop();
    for (const input of inputs) {
      const decided = decide(before, input);
      if (!decided.ok || decided.value.length === 0) continue;
      const after = decided.value.reduce<Order | undefined>((order, event) => evolve(order, event, at(61)), before) as Order;
      if (before?.status !== after.status) found.add(JSON.stringify([before?.status ?? '(none)', after.status, input.kind]));
      const shape = shapeOf(after);
      if (!seen.has(shape)) open.push(after);
      seen.add(shape);
    }
  }
  return found;
}

describe('the diagram of an order', () => {
  it('shows exactly the ways that the decisions allow', () => {
    expect(transitions.map((transition) => JSON.stringify(transition)).sort()).toEqual([...walk()].sort());
  });

  it('leads nowhere from an end, and from paid only to what was given back of it', () => {
    const paid = ['paid', 'partly-refunded', 'refunded'] as const;
    const unpaid = ['cancelled', 'expired', 'failed'] as const;
    for (const status of [...paid, ...unpaid]) expect(hasEnded({ status } as Order)).toBe(true);
    expect(transitions.filter(([from]) => unpaid.some((end) => end === from))).toEqual([]);
    expect(transitions.filter(([from, to]) => paid.some((end) => end === from) && !paid.some((end) => end === to))).toEqual([]);
  });

  it('is the one in the README', () => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`\`\`\`mermaid\n${stateDiagram()}\n\`\`\``);
  });
});
