import { createHash } from 'node:crypto';
import { Chance } from '../../crash/chance.ts';
import { demoAccounts } from '../../stack/demo-accounts.ts';
import { demoStores } from '../../stack/demo.ts';
import type { PlannedSale } from './plan-sale.ts';
import { planSale } from './plan-sale.ts';

export interface DaySize {
  readonly seed: number;
  readonly orders: number;
  /** Real minutes in which the orders come. */
  readonly minutes: number;
  readonly withKills: boolean;
}

/** Alipay is away. Times are real. */
export interface PlannedOutage {
  readonly atMs: number;
  readonly mode: 'refuse' | 'black-hole' | 'http-5xx';
  readonly seconds: number;
}

/** `kill -9`, and how long it takes until somebody starts it again. Times are real. */
export interface PlannedKill {
  readonly atMs: number;
  readonly victim: string;
  readonly awayMs: number;
}

/** What Alipay's files of the day say wrongly: each account has one such mistake, in the first row or file that it can happen to. */
export interface PlannedDefect {
  readonly kind: (typeof DEFECTS)[number];
  readonly customerId: string;
  readonly nth?: number;
}

/** Everything that will be done to the system and by whom, before anything is done. What comes of it is not planned. */
export interface DayPlan extends DaySize {
  readonly sales: readonly PlannedSale[];
  /** Of calls and notifications; the simulator makes the rules from the seed. */
  readonly faults: { readonly seed: number; readonly rate: number };
  readonly outages: readonly PlannedOutage[];
  readonly kills: readonly PlannedKill[];
  readonly defects: readonly PlannedDefect[];
}

export const VICTIMS = ['order', 'payment-gateway', 'notification', 'reconciliation', 'simulator', 'kafka', 'postgres'] as const;
/** Of rows, and of a whole summary. Those that keep a day from being compared, or change what happened in it, are planted elsewhere. */
const ROW_DEFECTS = ['row-missing', 'row-extra', 'row-duplicated', 'amount-wrong', 'currency-wrong', 'store-wrong', 'type-unknown', 'net-wrong'] as const;
const DEFECTS = [...ROW_DEFECTS, 'total-wrong', 'summary-wrong'] as const;
const KILLS_PER_MINUTE = 8;
const OUTAGES_PER_MINUTE = 3;
const OUTAGE_SECONDS = { min: 1, max: 4 };
const AWAY_MS = { min: 200, max: 2_000 };
const FAULT_RATE_MAX_PERCENT = 25;

export function planDay(size: DaySize): DayPlan {
  const { seed, orders, minutes, withKills } = size;
  const chance = new Chance(seed);
  const dayMs = minutes * 60_000;
  const moment = (): number => Math.round(chance.next() * dayMs);
  const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  const byTime = <T extends { readonly atMs: number }>(items: T[]): T[] => items.sort((one, other) => one.atMs - other.atMs);
  return {
    ...size,
    sales: byTime(many(orders, moment).map((atMs) => ({ atMs }))).map(({ atMs }, index) => planSale({ orderId: `${prefixOf(seed)}${String(index + 1).padStart(4, '0')}`, atMs }, demoStores, chance)),
    faults: { seed, rate: chance.between(5, FAULT_RATE_MAX_PERCENT) / 100 },
    outages: byTime(many(Math.max(1, Math.round(minutes * OUTAGES_PER_MINUTE)), () => (
      { atMs: moment(), mode: chance.pick(['refuse', 'black-hole', 'http-5xx'] as const), seconds: chance.between(OUTAGE_SECONDS.min, OUTAGE_SECONDS.max) }
    ))),
    kills: withKills ? byTime(many(Math.max(1, Math.round(minutes * KILLS_PER_MINUTE)), () => ({ atMs: moment(), victim: chance.pick(VICTIMS), awayMs: chance.between(AWAY_MS.min, AWAY_MS.max) }))) : [],
    defects: demoAccounts.map(({ customerId }) => planDefect(customerId, chance)),
  };
}

function planDefect(customerId: string, chance: Chance): PlannedDefect {
  const kind = chance.pick(DEFECTS);
  const isOfRow = ROW_DEFECTS.some((each) => each === kind);
  return { kind, customerId, ...(isOfRow ? { nth: 1 } : {}) };
}

/** Begins the id of every order of that day. */
export function prefixOf(seed: number): string {
  return `day-${seed}-`;
}

/** Two runs of one seed that show the same did the same. */
export function hashOf(plan: DayPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);
}
