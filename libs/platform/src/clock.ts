/** The time of the business: due times, expiries, schedules. Time-outs and leases are real and do not ask it. */
export interface Clock {
  now(): Date;
  /** Real milliseconds until a business instant; never negative. */
  realMsUntil(at: Date): number;
}

export interface ClockSettings {
  readonly CLOCK_START?: string | undefined;
  readonly CLOCK_SCALE?: number | undefined;
  readonly CLOCK_SCALE_SINCE?: string | undefined;
  readonly SCANTILL_ENV: 'development' | 'production';
}

/**
 * Outside production the clock can start elsewhere and run faster, so that a simulated day takes minutes. Processes that start one
 * after another, or again after a crash, only agree on the time if they are told since when it runs faster.
 */
export function createClock(settings: ClockSettings): Clock {
  if (settings.SCANTILL_ENV === 'production' && (settings.CLOCK_START !== undefined || settings.CLOCK_SCALE !== undefined)) {
    throw new Error('CLOCK_START and CLOCK_SCALE are refused in production');
  }
  const realStartMs = settings.CLOCK_SCALE_SINCE === undefined ? Date.now() : Date.parse(settings.CLOCK_SCALE_SINCE);
  const startMs = settings.CLOCK_START === undefined ? realStartMs : Date.parse(settings.CLOCK_START);
  const scale = settings.CLOCK_SCALE ?? 1;
  const nowMs = () => startMs + (Date.now() - realStartMs) * scale;
  return {
    now: () => new Date(nowMs()),
    realMsUntil: (at) => Math.max(0, (at.getTime() - nowMs()) / scale),
  };
}
