import { addDays, daysBetween } from './calendar.js';

/** How old differences are told in finance: by full days since the business day of the money, in UTC+8. */
const buckets = {
  '0-1': { from: 0, to: 1 },
  '2-3': { from: 2, to: 3 },
  '4-7': { from: 4, to: 7 },
  '8-30': { from: 8, to: 30 },
  '30+': { from: 31, to: Infinity },
} as const;

export type AgeBucket = keyof typeof buckets;

export const ageBuckets = Object.keys(buckets) as readonly AgeBucket[];

/** Never negative: what is dated tomorrow is as young as can be. */
export function ageDays(businessDate: string, today: string): number {
  return Math.max(0, daysBetween(businessDate, today));
}

export function ageBucket(businessDate: string, today: string): AgeBucket {
  const days = ageDays(businessDate, today);
  return ageBuckets.find((name) => days <= buckets[name].to) ?? '30+';
}

/** The business days whose breaks are in a bucket today; null where there is no bound. */
export function datesOfBucket(bucket: AgeBucket, today: string): { readonly first: string | null; readonly last: string | null } {
  const { from, to } = buckets[bucket];
  return { first: to === Infinity ? null : addDays(today, -to), last: from === 0 ? null : addDays(today, -from) };
}
