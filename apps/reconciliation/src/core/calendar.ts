const DAY_MS = 86_400_000;

/** Whether there is such a day: JavaScript takes 30 February for 2 March. */
export function isCalendarDay(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}

/** Days are `YYYY-MM-DD`, without a time and so without a zone. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Negative when `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** 1 is Monday, 7 is Sunday, as in ISO 8601. */
export function weekday(date: string): number {
  return new Date(date).getUTCDay() || 7;
}

/** The Sunday of its week. */
export function endOfWeek(date: string): string {
  return addDays(date, 7 - weekday(date));
}

export function endOfMonth(date: string): string {
  const at = new Date(date);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).toISOString().slice(0, 10);
}

export function isWorkingDay(date: string, holidays: ReadonlySet<string>): boolean {
  return weekday(date) <= 5 && !holidays.has(date);
}

/** The n-th working day after a date, which itself does not count. */
export function addWorkingDays(date: string, count: number, holidays: ReadonlySet<string>): string {
  let day = date;
  for (let left = count; left > 0;) {
    day = addDays(day, 1);
    if (isWorkingDay(day, holidays)) left -= 1;
  }
  return day;
}
