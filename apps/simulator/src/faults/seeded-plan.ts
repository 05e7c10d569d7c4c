import { z } from 'zod';
import { chance } from './chance.js';
import { faultKinds, faultOperations, placesOf, rule, seed, type Fault, type FaultKind, type FaultOperation, type WrittenPlan } from './fault.js';

const kindNames = faultKinds as [FaultKind, ...FaultKind[]];

/** A plan that is made instead of written: every fault at every place where it can happen, or those that are named. */
export const seededPlan = z.strictObject({
  seed,
  rate: z.number().min(0).max(1).default(0.1),
  operations: z.array(z.enum(faultOperations)).min(1).optional(),
  kinds: z.array(z.enum(kindNames)).min(1).optional(),
});
export type SeededPlan = z.output<typeof seededPlan>;

/** Codes that Alipay gives to a call that does nothing. Those of a wrong configuration are left to written plans: no retry helps. */
const CODES: Record<Exclude<FaultOperation, 'notifyPayment'>, readonly string[]> = {
  pay: ['U UNKNOWN_EXCEPTION', 'U REQUEST_TRAFFIC_EXCEED_LIMIT', 'U PAYMENT_IN_PROCESS', 'F PROCESS_FAIL', 'F SYSTEM_ERROR', 'F RISK_REJECT'],
  inquiryPayment: ['U UNKNOWN_EXCEPTION', 'U REQUEST_TRAFFIC_EXCEED_LIMIT', 'F PROCESS_FAIL'],
  cancel: ['U UNKNOWN_EXCEPTION', 'U REQUEST_TRAFFIC_EXCEED_LIMIT', 'F PROCESS_FAIL'],
  refund: ['U UNKNOWN_EXCEPTION', 'U REQUEST_TRAFFIC_EXCEED_LIMIT', 'F PROCESS_FAIL', 'F MERCHANT_BALANCE_NOT_ENOUGH'],
  inquiryRefund: ['U UNKNOWN_EXCEPTION', 'U REQUEST_TRAFFIC_EXCEED_LIMIT'],
};

/** The share of calls of one operation that go wrong is about `rate`; each kind of fault gets an equal part of it. */
export function planFromSeed({ seed: number, rate, operations = [...faultOperations], kinds = faultKinds }: SeededPlan): WrittenPlan {
  const rules = operations.flatMap((operation) => {
    const possible = kinds.filter((kind) => placesOf[kind].includes(operation)).flatMap((kind) => variants({ seed: number, operation }, kind));
    return possible.map((fault) => rule.parse({ operation, share: rate / possible.length, fault }));
  });
  return { seed: number, rules };
}

/** The particulars of a fault come from the seed as well. */
function variants(place: { seed: number; operation: FaultOperation }, kind: FaultKind): Partial<Fault>[] {
  const between = (label: string, min: number, max: number) => Math.round(min + chance(`${place.seed} ${place.operation} ${kind} ${label}`) * (max - min));
  switch (kind) {
    case 'slow': return [{ kind, ms: between('at once', 100, 3_000) }, { kind, ms: between('late', 100, 3_000), effect: 'late' }];
    case 'http-status': return [{ kind, status: [500, 502, 503, 504][between('status', 0, 3)] as number }];
    case 'answer': return place.operation === 'notifyPayment' ? [] : CODES[place.operation].map((text) => {
      const [resultStatus, resultCode] = text.split(' ') as ['F' | 'U', string];
      return { kind, resultStatus, resultCode };
    });
    case 'lost-after-effect': return [{ kind, by: 'connection-reset' }, { kind, by: 'no-answer' }];
    case 'pay-after-expiry': return [{ kind, ms: between('ms', 1_000, 60_000) }];
    case 'pay-crossing-cancel': return [{ kind, when: 'before' }, { kind, when: 'after' }];
    case 'refund-asynchronous': return [{ kind, ms: between('done', 1_000, 60_000), outcome: 'SUCCESS' }, { kind, ms: between('failed', 1_000, 60_000), outcome: 'FAIL' }];
    case 'dropped': return [{ kind, attempts: 'this' }, { kind, attempts: 'all' }];
    case 'delayed': return [{ kind, ms: between('ms', 1_000, 300_000) }];
    case 'duplicated': return [{ kind, times: between('times', 2, 4) }];
    default: return [{ kind }];
  }
}
