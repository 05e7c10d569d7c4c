import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AFTER_EXPIRY, cancelAnswered, cancelSent, codeIssued, nameOf, payRefused, paySent, payUnknown, payWithheld, report, requested, successReport } from '../../test/payments.js';
import { decide, type PaymentInput } from './decide-payment.js';
import { evolve, hasEnded, type Payment } from './payment.js';
import { stateDiagram, transitions } from './state-diagram.js';

const inputs: readonly PaymentInput[] = [
  requested, paySent, payWithheld, payUnknown, codeIssued, cancelSent, payRefused, { kind: 'pay-misconfigured', resultCode: 'KEY_NOT_FOUND' }, { kind: 'too-late' },
  { kind: 'close', cause: 'order-cancelled' }, { kind: 'close', cause: 'code-expired' }, { kind: 'close', cause: 'pay-unknown' }, { kind: 'operate', action: 'close' }, { kind: 'operate', action: 'give-back' },
  cancelAnswered('confirmed'), cancelAnswered('unknown'), cancelAnswered('window-over'), cancelAnswered('not-found'), cancelAnswered('not-found', AFTER_EXPIRY),
  report(successReport()), report(successReport(null)), report({ kind: 'failed', resultCode: 'ORDER_IS_CLOSED' }), report({ kind: 'failed', resultCode: 'RISK_REJECT' }),
  report({ kind: 'cancelled' }), report({ kind: 'processing' }), report({ kind: 'not-found' }), report({ kind: 'not-found' }, AFTER_EXPIRY), report({ kind: 'unknown' }),
];

/** Enough to tell apart what decisions tell apart: counters only up to where they matter. */
function shapeOf(payment: Payment): string {
  const { id: _id, bill: _bill, createdAt: _at, ...rest } = payment;
  const asking = 'asking' in payment ? { inquiries: Math.min(payment.asking.inquiries, 1), cancels: Math.min(payment.asking.cancels, 7) } : null;
  const givingBack = payment.givingBack === undefined ? null : { by: payment.givingBack.by, tries: Math.min(payment.givingBack.tries, 8) };
  return JSON.stringify({ ...rest, givingBack, pays: 'pays' in payment ? Math.min(payment.pays, 2) : null, asking });
}

/** Every payment that can be reached by these inputs, and every change of state on the way. */
function walk(): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open: (Payment | undefined)[] = [undefined];
  while (open.length > 0) {
    const before = open.pop();
    for (const input of inputs) {
      const decided = decide(before, input);
      if (!decided.ok || decided.value.length === 0) continue;
      const after = decided.value.reduce<Payment | undefined>(evolve, before) as Payment;
      if (before?.status !== after.status) found.add(JSON.stringify([before?.status ?? '(none)', after.status, nameOf(input)]));
      const shape = shapeOf(after);
      if (!seen.has(shape)) open.push(after);
      seen.add(shape);
    }
  }
  return found;
}

describe('the diagram of a payment', () => {
  it('shows exactly the ways that the decisions allow', () => {
    expect(transitions.map((transition) => JSON.stringify(transition)).sort()).toEqual([...walk()].sort());
  });

  it('leads nowhere from an end', () => {
    const ends = ['succeeded', 'failed', 'expired', 'cancelled'] as const;
    for (const status of ends) expect(hasEnded({ status } as Payment)).toBe(true);
    expect(transitions.filter(([from]) => ends.some((end) => end === from))).toEqual([]);
  });

  it('is the one in the README', () => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`\`\`\`mermaid\n${stateDiagram()}\n\`\`\``);
  });
});
