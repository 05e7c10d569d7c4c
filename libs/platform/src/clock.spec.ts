import { describe, expect, it } from '@jest/globals';
import { createClock } from './clock.js';

const SCANTILL_ENV = 'development';

describe('a clock that runs faster', () => {
  it('says the same in a process that started later, if both are told since when it does', () => {
    const since = Date.now() - 10_000;
    const settings = { CLOCK_START: '2026-10-10T12:00:00+08:00', CLOCK_SCALE: 60, CLOCK_SCALE_SINCE: new Date(since).toISOString(), SCANTILL_ENV } as const;
    const before = Date.now();
    const now = createClock(settings).now().getTime();
    const after = Date.now();
    const at = (realMs: number) => Date.parse(settings.CLOCK_START) + (realMs - since) * settings.CLOCK_SCALE;
    expect(now).toBeGreaterThanOrEqual(at(before));
    expect(now).toBeLessThanOrEqual(at(after));
  });

  it('starts now by default, and begins at the real time of that instant without a start', () => {
    const since = Date.now() - 1_000;
    expect(createClock({ CLOCK_SCALE: 10, CLOCK_SCALE_SINCE: new Date(since).toISOString(), SCANTILL_ENV }).now().getTime()).toBeGreaterThanOrEqual(since + 10_000);
    expect(createClock({ CLOCK_START: '2026-10-10T12:00:00Z', CLOCK_SCALE: 1, SCANTILL_ENV }).now().getTime() - Date.parse('2026-10-10T12:00:00Z')).toBeLessThan(1_000);
  });

  it('is refused in production', () => {
    expect(() => createClock({ CLOCK_SCALE: 2, SCANTILL_ENV: 'production' })).toThrow('refused in production');
  });
});
