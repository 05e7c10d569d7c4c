import { describe, expect, it } from '@jest/globals';
import { businessDay } from './business-day.js';

describe("the day of Alipay's files", () => {
  it.each([
    ['2026-11-24T15:59:59Z', 0, '2026-11-24'],
    ['2026-11-24T16:00:00Z', 0, '2026-11-25'],
    ['2026-03-01T00:00:00+08:00', 1, '2026-02-28'],
    ['2026-03-01T00:00:00+08:00', 7, '2026-02-22'],
  ])('at %s, %i days before, is %s', (at, daysBefore, day) => {
    expect(businessDay(new Date(at), daysBefore)).toBe(day);
  });
});
