import { businessDate } from '@scantill/kernel';
import { addDays } from './calendar.js';

/** The day of Alipay's files (UTC+8) that is so many days before the instant: `2026-11-24`. */
export function businessDay(at: Date, daysBefore = 0): string {
  return addDays(businessDate(at), -daysBefore);
}
