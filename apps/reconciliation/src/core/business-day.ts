const UTC8_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The day of Alipay's files (UTC+8) that is so many days before the instant: `2026-11-24`. */
export function businessDay(at: Date, daysBefore = 0): string {
  return new Date(at.getTime() + UTC8_MS - daysBefore * DAY_MS).toISOString().slice(0, 10);
}
