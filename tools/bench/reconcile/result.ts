import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { AlipayFile } from './alipay-file.ts';
import type { ImportTimes } from './follow-import.ts';
import type { Report } from './options.mjs';
import type { Yardstick } from './yardstick.ts';

interface StageResult {
  readonly seconds: number;
  readonly rowsPerSecond: number;
}

/** What `--json` writes. */
export interface ReconcileResult {
  /** From the first byte that was sent until the last row was matched. */
  readonly rowsPerSecond: number;
  readonly stages: Readonly<Record<string, StageResult>>;
  readonly peakRssMb: number;
  /** The bare COPY and the bare join together. */
  readonly yardstickRowsPerSecond: number;
  readonly breaks: number;
  readonly matched: number | null;
  /** How many times as long as the yardstick. */
  readonly timesYardstick: number;
  readonly yardstick: Readonly<Record<'copy' | 'join', StageResult>>;
  readonly report: Report;
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly cores: number;
}

export interface ReconcileMeasured {
  readonly report: Report;
  readonly file: AlipayFile;
  readonly times: ImportTimes;
  readonly yardstick: Yardstick;
  readonly peakRssMb: number;
  readonly breaks: number;
  /** Of transaction files; settlement files have no such figure. */
  readonly matched: number | null;
}

const KB_PER_MB = 1_024;

export function resultOf({ report, file: { rows, bytes }, times, yardstick, peakRssMb, breaks, matched }: ReconcileMeasured): ReconcileResult {
  const per = (ms: number): StageResult => ({ seconds: Math.round(ms) / 1_000, rowsPerSecond: Math.round((rows * 1_000) / Math.max(ms, 1)) });
  const yardstickMs = yardstick.copyMs + yardstick.joinMs;
  return {
    rowsPerSecond: per(times.wholeMs).rowsPerSecond,
    stages: Object.fromEntries(Object.entries(times.stagesMs).map(([stage, ms]) => [stage, per(ms)])),
    peakRssMb,
    yardstickRowsPerSecond: per(yardstickMs).rowsPerSecond,
    breaks, matched,
    timesYardstick: Math.round((times.wholeMs * 100) / yardstickMs) / 100,
    yardstick: { copy: per(yardstick.copyMs), join: per(yardstick.joinMs) },
    report, rows, bytes, seconds: per(times.wholeMs).seconds, cores: availableParallelism(),
  };
}

/** For people. */
export function resultText({ rowsPerSecond, stages, peakRssMb, yardstickRowsPerSecond, breaks, matched, timesYardstick, yardstick, report, rows, bytes, seconds, cores }: ReconcileResult): string {
  const stageText = (stage: StageResult): string => `${stage.rowsPerSecond.toLocaleString('en-US')} rows/s (${stage.seconds} s)`;
  const lines: [string, string][] = [
    ['whole', `${rowsPerSecond.toLocaleString('en-US')} rows/s (${rows.toLocaleString('en-US')} ${report} of ${Math.round(bytes / rows)} bytes in ${seconds} s, ${cores} cores)`],
    ...Object.entries(stages).map(([name, stage]): [string, string] => [`  ${name}`, stageText(stage)]),
    ['yardstick', `${yardstickRowsPerSecond.toLocaleString('en-US')} rows/s; the import took ${timesYardstick} times as long`],
    ...Object.entries(yardstick).map(([name, stage]): [string, string] => [`  ${name}`, stageText(stage)]),
    ['peak memory', `${peakRssMb} MB (the service)`],
    ['breaks', `${breaks}${matched === null ? '' : `; ${matched.toLocaleString('en-US')} rows matched`}`],
  ];
  return `\n${lines.map(([name, value]) => `  ${name.padEnd(18)} ${value}`).join('\n')}\n`;
}

/** The most that a process ever had in memory, in whole MB (proc(5)). */
export function peakRssMbOf(pid: number): number {
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.ceil(Number(kb) / KB_PER_MB);
}
