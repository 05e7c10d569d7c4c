import { describe, expect, it } from '@jest/globals';
import { InquiryBudget } from './inquiry-budget.js';

describe('a budget of inquiries', () => {
  it('gives one a second after the first, where no more are allowed', async () => {
    const budget = new InquiryBudget(1);
    const startedMs = Date.now();
    await budget.take('a');
    expect(Date.now() - startedMs).toBeLessThan(500);
    await budget.take('a');
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(950);
  });

  it('has no room for whoever may only ask when nobody else does, until those who wait have asked', async () => {
    const budget = new InquiryBudget(10);
    const taken = Promise.all(Array.from({ length: 12 }, () => budget.take('a')));
    expect([budget.takeIfFree('a'), budget.takeIfFree('b')]).toEqual([false, true]);
    await taken;
    await new Promise((resolve) => { setTimeout(resolve, 150); });
    expect(budget.takeIfFree('a')).toBe(true);
  });
});
