import { exitCodes, type ExitCode, type Io } from './io.ts';
import type { Service } from './service.ts';
import { count, json } from './words.ts';

/** A comparison of a day, as `/v1/days/{date}/runs` shows it. */
export interface DayRun {
  readonly accountId: string;
  readonly kind: string;
  readonly version: number;
  readonly at: string;
  readonly hash: string;
  readonly lines: number;
  readonly matched: number;
  readonly breaksOpened: number;
  readonly breaksResolved: number;
  readonly breaksOpen: number;
}

/** Compares a day again, and says what that came to. The answer has earlier comparisons as well, and those of other accounts. */
export async function runDay(service: Service, date: string, options: { readonly account?: string; readonly json?: boolean }, { stdout }: Io): Promise<ExitCode> {
  const answer = await service.post<{ readonly runs: readonly DayRun[] }>(`/v1/days/${encodeURIComponent(date)}/runs`, { account: options.account });
  const runs = newestOfEach(answer.runs.filter(({ accountId }) => options.account === undefined || accountId === options.account));
  stdout.write(options.json === true ? json({ runs }) : runs.map(runText).join('') || 'there is nothing to compare on this day\n');
  return runs.some(({ breaksOpen }) => breaksOpen > 0) ? exitCodes.breaks : exitCodes.clean;
}

function newestOfEach(runs: readonly DayRun[]): DayRun[] {
  const newest = new Map<string, DayRun>();
  for (const run of runs) {
    const key = `${run.accountId} ${run.kind}`;
    if ((newest.get(key)?.version ?? 0) < run.version) newest.set(key, run);
  }
  return [...newest.values()];
}

function runText({ accountId, kind, version, hash, lines, matched, breaksOpened, breaksResolved, breaksOpen }: DayRun): string {
  return `${accountId} ${kind}, run ${version}: ${count(lines, 'line')}, ${matched.toLocaleString('en-US')} matched, ${count(breaksOpen, 'open break')} (${breaksOpened} new, ${breaksResolved} resolved)\n  ${hash}\n`;
}
