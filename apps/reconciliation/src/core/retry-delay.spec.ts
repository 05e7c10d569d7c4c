import { describe, expect, it } from '@jest/globals';
import { QUICK_RETRIES_MAX, retryDelaySeconds } from './retry-delay.js';

describe('a source that failed', () => {
  it('is asked again soon, then more rarely, and after so many times as usual', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 100].map((failures) => retryDelaySeconds(failures, 900))).toEqual([900, 30, 60, 120, 240, 480, 900, 900]);
    expect(QUICK_RETRIES_MAX).toBe(5);
  });

  it('is never asked more rarely than usual', () => {
    expect([1, 2, 5].map((failures) => retryDelaySeconds(failures, 10))).toEqual([10, 10, 10]);
  });
});
