import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InquiryBudget } from './inquiry-budget.js';

describe('a budget of inquiries', () => {
  beforeEach(() => { jest.useFakeTimers(); });
  afterEach(() => { jest.useRealTimers(); });

  it('gives one a second after the first, where no more are allowed', async () => {
    const startedMs = Date.now();
    const turnsMs: number[] = [];
    const budget = new InquiryBudget(1);
    const taken = Promise.all(Array.from({ length: 4 }, async () => {
      await budget.take('a');
      turnsMs.push(Date.now() - startedMs);
    }));
    await jest.advanceTimersByTimeAsync(5_000);
    await taken;
    expect(turnsMs).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it('has no room for whoever may only ask when nobody else does, until those who wait have asked', async () => {
    const budget = new InquiryBudget(10);
    const taken = Promise.all(Array.from({ length: 12 }, () => budget.take('a')));
    expect([budget.takeIfFree('a'), budget.takeIfFree('b')]).toEqual([false, true]);
    await jest.advanceTimersByTimeAsync(200);
    await taken;
    expect(budget.takeIfFree('a')).toBe(false);
    await jest.advanceTimersByTimeAsync(100);
    expect(budget.takeIfFree('a')).toBe(true);
  });
});
