const UTC_PLUS_8_MS = 8 * 3_600_000;
export const DAY_MS = 86_400_000;

/** Business time in epoch milliseconds. It may start elsewhere and run faster than real time; time-outs do not ask it. */
export class BusinessClock {
  private readonly realStartMs: number;
  private readonly startMs: number;

  constructor(
    start: string | undefined,
    readonly scale: number,
    since?: string,
  ) {
    this.realStartMs = since === undefined ? Date.now() : Date.parse(since);
    this.startMs = start === undefined ? this.realStartMs : Date.parse(start);
  }

  now(): number {
    return Math.round(this.startMs + (Date.now() - this.realStartMs) * this.scale);
  }

  /** When a business time comes, in real epoch milliseconds. */
  realAt(businessMs: number): number {
    return this.realStartMs + (businessMs - this.startMs) / this.scale;
  }
}

/** Dates are slow to print, and a busy simulator prints the same second and the same day again and again. */
function lastRemembered(print: (value: number) => string): (value: number) => string {
  let last = NaN;
  let text = '';
  return (value) => {
    if (value !== last) [last, text] = [value, print(value)];
    return text;
  };
}

/** A day in UTC+8, in which Alipay cuts its files, as the number of days since 1970. */
export type DayNumber = number;

export function dayOf(at: number): DayNumber {
  return Math.floor((at + UTC_PLUS_8_MS) / DAY_MS);
}

/** `2026-10-10` */
export const dayText = lastRemembered((day: DayNumber) => new Date(day * DAY_MS).toISOString().slice(0, 10));

/** @returns nothing for a text that is not a date of the calendar */
export function parseDay(text: string): DayNumber | undefined {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || dayText(ms / DAY_MS) !== text ? undefined : ms / DAY_MS;
}

export function startOfDay(day: DayNumber): number {
  return day * DAY_MS - UTC_PLUS_8_MS;
}

/** ISO 8601 to the second in Alipay's offset: `2026-10-10T12:00:00+08:00` */
export function instantText(at: number): string {
  return secondText(Math.floor(at / 1_000));
}

const secondText = lastRemembered((second: number) => `${new Date(second * 1_000 + UTC_PLUS_8_MS).toISOString().slice(0, 19)}+08:00`);

/** The same with milliseconds, as Alipay writes `Request-Time` in its samples of notifications. */
export function preciseInstantText(at: number): string {
  return `${new Date(at + UTC_PLUS_8_MS).toISOString().slice(0, 23)}+08:00`;
}
