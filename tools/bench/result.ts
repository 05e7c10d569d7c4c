import { availableParallelism } from 'node:os';
import type { AuditCounts } from '../audit/judge.ts';
import type { Measured } from './measure.ts';
import type { BenchOptions } from './options.mjs';
import { percentiles, toTenths, type Percentiles } from './percentiles.ts';
import type { ToldOrders } from './told-orders.ts';

/** What `--json` writes. Rates are per second of the window, times in milliseconds. */
export interface BenchResult {
  /** Stores told within the window that their order is paid. */
  readonly paidOrdersPerSecond: number;
  /** The four services together. */
  readonly ownCpuMsPerOrder: number;
  readonly cpuMsPerOrder: Readonly<Record<string, number>>;
  readonly createToCodeMs: Percentiles | null;
  readonly notifiedToToldMs: Percentiles | null;
  /** How late the driver sent what was due: part of `createToCodeMs`, and not the system's doing. */
  readonly sentLateMs: Percentiles | null;
  readonly audit: AuditCounts;
  readonly rsaSignsPerSecond: number;
  readonly cores: number;
  readonly load: BenchOptions['load'];
  /** Asked for; null when the load goes as fast as it can. */
  readonly ratePerSecond: number | null;
  readonly windowSeconds: number;
  readonly paidOrders: number;
  readonly codesPerSecond: number;
  /** Answered without a code, as a rule 202 after ten seconds; counted with that time in `createToCodeMs`. */
  readonly withoutCode: number;
  readonly failed: number;
  /** Paid orders that an inquiry found before their notification came; not in `notifiedToToldMs`. */
  readonly foundByInquiry: number;
  /** Cores that others used on this machine meanwhile, and that its host gave away. */
  readonly otherCores: number;
  readonly stolenCores: number;
  /** Profiling costs, so such figures are not to be compared. */
  readonly isProfiled: boolean;
}

const SERVICES = ['order', 'payment-gateway', 'notification', 'reconciliation'];
const PROCESSES = [...SERVICES, 'simulator', 'kafka', 'postgres', 'driver'];
const PER_ORDER_DIGITS = 1_000;

export interface Findings {
  readonly measured: Measured;
  readonly told: ToldOrders;
  readonly audit: AuditCounts;
  readonly rsaSignsPerSecond: number;
}

/** At least one order was paid. */
export function resultOf(options: BenchOptions, { measured, told, audit, rsaSignsPerSecond }: Findings): BenchResult {
  const { window, tally, cpu } = measured;
  const windowSeconds = (window.toMs - window.fromMs) / 1_000;
  const perOrder = (ms: number): number => Math.round((ms * PER_ORDER_DIGITS) / told.paid) / PER_ORDER_DIGITS;
  const ownMs = SERVICES.reduce((sum, name) => sum + (cpu.byProcess[name] ?? 0), 0);
  return {
    paidOrdersPerSecond: toTenths(told.paid / windowSeconds),
    ownCpuMsPerOrder: perOrder(ownMs),
    cpuMsPerOrder: Object.fromEntries(PROCESSES.map((name) => [name, perOrder(cpu.byProcess[name] ?? 0)])),
    createToCodeMs: percentiles(tally.latenciesMs),
    notifiedToToldMs: percentiles(told.notifiedToToldMs),
    sentLateMs: percentiles(tally.sentLateMs),
    audit,
    rsaSignsPerSecond: Math.round(rsaSignsPerSecond),
    cores: availableParallelism(),
    load: options.load,
    ratePerSecond: options.load === 'latency' ? options.rate : null,
    windowSeconds: toTenths(windowSeconds),
    paidOrders: told.paid,
    codesPerSecond: toTenths(tally.codesInWindow / windowSeconds),
    withoutCode: tally.withoutCode,
    failed: tally.failed,
    foundByInquiry: told.byInquiry,
    otherCores: toTenths(cpu.others),
    stolenCores: toTenths(cpu.stolen),
    isProfiled: options.profile,
  };
}

/** For people. */
export function resultText(result: BenchResult): string {
  const rows: [string, string][] = [
    ['paid orders', `${result.paidOrdersPerSecond}/s (${result.paidOrders} in ${result.windowSeconds} s${result.ratePerSecond === null ? ', 256 callers' : `, ${result.ratePerSecond}/s asked for`})`],
    ['codes', `${result.codesPerSecond}/s, ${result.withoutCode} requests without one, ${result.failed} failed`],
    ['create to code', `${spread(result.createToCodeMs)}; of this sent late: ${spread(result.sentLateMs)}`],
    ['notified to told', `${spread(result.notifiedToToldMs)}${result.foundByInquiry === 0 ? '' : `; ${result.foundByInquiry} found by inquiry`}`],
    ['own CPU', `${result.ownCpuMsPerOrder} ms per paid order (the four services)`],
    ...Object.entries(result.cpuMsPerOrder).map(([name, ms]): [string, string] => [`  ${name}`, `${ms} ms`]),
    ['machine', `${result.cores} cores, ${result.rsaSignsPerSecond} RSA-2048 signatures/s one after the other`],
    ['disturbed by', `${result.otherCores} cores used by others, ${result.stolenCores} given away by the host${result.isProfiled ? '; and by profiling' : ''}`],
  ];
  return `\n${rows.map(([name, value]) => `  ${name.padEnd(18)} ${value}`).join('\n')}\n`;
}

function spread(percentile: Percentiles | null): string {
  return percentile === null ? 'nothing measured' : `p50 ${percentile.p50} ms, p99 ${percentile.p99} ms`;
}
