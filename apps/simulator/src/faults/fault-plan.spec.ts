import { describe, expect, it } from '@jest/globals';
import { chance } from './chance.js';
import { FaultPlan } from './fault-plan.js';
import { faultKinds, faultOperations, placesOf, writtenPlan } from './fault.js';
import { planFromSeed, seededPlan } from './seeded-plan.js';

function planOf(...rules: readonly Record<string, unknown>[]): FaultPlan {
  const plan = new FaultPlan();
  plan.replace(writtenPlan.parse({ rules }));
  return plan;
}

const kinds = (plan: FaultPlan, calls: number, requestId = 'P1') => Array.from({ length: calls }, () => plan.next('pay', requestId)?.kind ?? '-').join(' ');
const pay = (particulars: Record<string, unknown>) => ({ operation: 'pay', fault: 'no-answer', ...particulars });
const problems = (rules: unknown) => {
  const parsed = writtenPlan.safeParse({ rules });
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

describe('a rule', () => {
  it('strikes the nth call, every nth, the first few, or all', () => {
    expect(kinds(planOf(pay({ nth: 2 })), 4)).toBe('- no-answer - -');
    expect(kinds(planOf(pay({ every: 2 })), 5)).toBe('- no-answer - no-answer -');
    expect(kinds(planOf(pay({ times: 2 })), 4)).toBe('no-answer no-answer - -');
    expect(kinds(planOf(pay({ every: 2, times: 1 })), 5)).toBe('- no-answer - - -');
    expect(kinds(planOf(pay({})), 2)).toBe('no-answer no-answer');
  });

  it('counts the calls of its own payment alone', () => {
    const plan = planOf(pay({ nth: 2, paymentRequestId: 'P1' }));
    expect([kinds(plan, 1), kinds(plan, 3, 'P2'), kinds(plan, 1)]).toEqual(['-', '- - -', 'no-answer']);
    expect(plan.next('cancel', 'P1')).toBeUndefined();
    expect(plan.rules()).toMatchObject([{ seen: 2, struck: 1 }]);
  });

  it('gives way to an earlier one, and counts all the same', () => {
    const plan = planOf(pay({ nth: 2, fault: 'unsigned' }), pay({ every: 2 }));
    expect(kinds(plan, 4)).toBe('- unsigned - no-answer');
    expect(plan.counts).toEqual({ pay: { 'unsigned': 1, 'no-answer': 1 } });
  });

  it('strikes a share of the calls, the same ones with the same seed', () => {
    const struck = (seed: number) => {
      const plan = new FaultPlan();
      plan.replace(writtenPlan.parse({ seed, rules: [pay({ share: 0.25 })] }));
      return kinds(plan, 1_000);
    };
    expect(struck(7)).toBe(struck(7));
    expect(struck(7)).not.toBe(struck(8));
    const count = struck(7).split('no-answer').length - 1;
    expect(count).toBeGreaterThan(200);
    expect(count).toBeLessThan(300);
  });

  it('is refused with the path of what is wrong', () => {
    expect(problems([{ operation: 'pay', fault: 'dropped' }])).toEqual(['rules.0.fault: dropped can happen to notifyPayment, not to pay']);
    expect(problems([pay({ nth: 1, every: 2 })])).toEqual(['rules.0: nth, every and share exclude each other']);
    expect(problems([pay({ share: 1.5 })])).toEqual([expect.stringMatching(/^rules\.0\.share: /)]);
    expect(problems([pay({ fault: { kind: 'slow' } })])).toEqual([expect.stringMatching(/^rules\.0\.fault\.ms: /)]);
    expect(problems([pay({ fault: 'sleepy' })])).toEqual([expect.stringMatching(/^rules\.0\.fault\.kind: /)]);
    expect(problems([pay({ fault: { kind: 'no-answer', ms: 5 } })])).toEqual([expect.stringMatching(/^rules\.0\.fault: .*ms/)]);
    expect(problems([pay({ when: 'never' })])).toEqual([expect.stringMatching(/^rules\.0: .*when/)]);
    expect(problems(Array.from({ length: 1_001 }, () => pay({})))).toEqual([expect.stringMatching(/^rules: /)]);
  });
});

describe('a plan made from a seed', () => {
  it('is the same one again, and another with another seed', () => {
    const made = (seed: number) => planFromSeed(seededPlan.parse({ seed, rate: 0.3 }));
    expect(made(1)).toEqual(made(1));
    expect(JSON.stringify(made(1).rules)).not.toBe(JSON.stringify(made(2).rules));
  });

  it('holds every fault at every place where it can happen', () => {
    const { rules } = planFromSeed(seededPlan.parse({ seed: 1 }));
    const held = new Set(rules.map(({ operation, fault }) => `${operation} ${fault.kind}`));
    expect([...held].sort()).toEqual(faultKinds.flatMap((kind) => placesOf[kind].map((operation) => `${operation} ${kind}`)).sort());
    expect(new Set(rules.map(({ operation }) => operation))).toEqual(new Set(faultOperations));
  });

  it('strikes about as many calls as it was asked for', () => {
    const plan = new FaultPlan();
    plan.replace(planFromSeed(seededPlan.parse({ seed: 5, rate: 0.2 })));
    const struck = kinds(plan, 5_000).split(' ').filter((kind) => kind !== '-').length;
    expect(struck / 5_000).toBeCloseTo(0.18, 1);
  });

  it('may be narrowed to some calls and faults', () => {
    const { rules } = planFromSeed(seededPlan.parse({ seed: 1, rate: 1, operations: ['cancel'], kinds: ['slow', 'dropped'] }));
    expect(rules.map(({ operation, fault, share }) => [operation, fault.kind, share])).toEqual([['cancel', 'slow', 0.5], ['cancel', 'slow', 0.5]]);
  });
});

describe('chance', () => {
  it('is spread evenly over neighbouring texts', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n += 1) tenths[Math.floor(chance(`1 0 pay ${n}`) * 10)]! += 1;
    for (const tenth of tenths) expect(Math.abs(tenth - 1_000)).toBeLessThan(150);
  });
});
