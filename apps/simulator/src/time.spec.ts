import { describe, expect, it } from '@jest/globals';
import { dayOf, dayText, instantText, parseDay, preciseInstantText, startOfDay } from './time.js';

const MIDNIGHT = Date.parse('2026-10-10T16:00:00Z');

describe('time as Alipay writes it', () => {
  it('is in UTC+8', () => {
    expect([instantText(MIDNIGHT - 1), instantText(MIDNIGHT), instantText(MIDNIGHT + 999)]).toEqual(['2026-10-10T23:59:59+08:00', '2026-10-11T00:00:00+08:00', '2026-10-11T00:00:00+08:00']);
    expect(preciseInstantText(MIDNIGHT + 253)).toBe('2026-10-11T00:00:00.253+08:00');
  });

  it('changes its day at 16:00 UTC', () => {
    expect([dayText(dayOf(MIDNIGHT - 1)), dayText(dayOf(MIDNIGHT))]).toEqual(['2026-10-10', '2026-10-11']);
    expect(startOfDay(dayOf(MIDNIGHT))).toBe(MIDNIGHT);
  });

  it('knows which texts are days', () => {
    expect(parseDay('2026-10-11')).toBe(dayOf(MIDNIGHT));
    for (const text of ['2026-02-30', '2026-1-1', '20261010', 'today']) expect(parseDay(text)).toBeUndefined();
  });
});
