import { isTransactionType } from '@scantill/alipay';
import { businessDate } from '@scantill/kernel';
import { appendEvents, type OutboxRelay } from '@scantill/platform';
import { judge } from '../core/break.js';
import { breakId } from '../outbound/break-row.js';
import type { Bulk } from '../outbound/bulk.js';
import type { DayMatching, FoundDifference } from '../outbound/day-matching.js';
import type { DueDays } from '../outbound/due-days.js';
import type { DueReports } from '../outbound/due-reports.js';
import type { Day } from '../outbound/file.repository.js';
import { toRunCompletedRow, type Occasion, type RunResult } from '../outbound/reconciliation-events.js';
import type { RunRepository } from '../outbound/run.repository.js';
import type { Unsettled } from '../outbound/unsettled.js';
import type { FoundBreak, KeepBreaks } from './keep-breaks.js';
import { toFoundLate } from './open-late.js';

export interface MatchDayParts {
  readonly matching: DayMatching;
  readonly unsettled: Unsettled;
  readonly keepBreaks: KeepBreaks;
  readonly runs: RunRepository;
  readonly dueDays: DueDays;
  readonly dueReports: DueReports;
  readonly relay: OutboxRelay;
}

/** Compares a day's lines with what was expected; opens the breaks that are there, closes those that are there no more. */
export class MatchDay {
  constructor(private readonly parts: MatchDayParts) {}

  /**
   * The caller holds the account's lock. Safe to repeat: nothing changes, and nothing is announced but the run. @param maybeTwice Alipay's ids that may be in the file
   * that has just come more than once; null: any
   */
  async run(bulk: Bulk, day: Day, occasion: Occasion, maybeTwice: readonly string[] | null): Promise<RunResult> {
    const { matching, unsettled, keepBreaks, runs, dueDays, dueReports, relay } = this.parts;
    const { at } = occasion;
    const { lines, linesSum, matched, runs: version } = await matching.match(bulk, day, at, maybeTwice);
    await keepBreaks.begin(bulk);
    let breaksOpened = 0;
    for await (const differences of matching.differences(bulk)) breaksOpened += await keepBreaks.found(bulk, day, differences.map((each) => found(day, each)), occasion);
    let breaksResolved = await keepBreaks.gone(bulk, { accountId: day.accountId, comparison: 'transactions', date: null }, occasion);
    const hash = await runs.keep(bulk, day, { kind: 'transactions', version, at, linesSum, lines, matched, breaksOpened, breaksResolved });
    // After what is missing, which may be why they are late.
    await keepBreaks.begin(bulk);
    for await (const late of unsettled.again(bulk, day, businessDate(at))) breaksOpened += await keepBreaks.found(bulk, day, late.map(toFoundLate), occasion);
    breaksResolved += await keepBreaks.gone(bulk, { accountId: day.accountId, comparison: 'payout', date: null }, occasion);
    const result = { lines, matched, breaksOpened, breaksResolved, hash };
    await appendEvents(bulk.tx, [toRunCompletedRow(day, version, result, occasion)]);
    const settlements = await runs.unexplainedSettlements(bulk, day.accountId, breaksOpened + breaksResolved > 0);
    await dueDays.schedule(bulk.tx, [
      ...(await runs.changedDays(bulk, day, at)).map((date) => ({ ...day, date })), ...settlements.map((date) => ({ ...day, date, kind: 'settlement' as const })),
    ], at);
    await dueReports.schedule(bulk.tx, day, at);
    bulk.tx.afterCommit(relay.wake);
    return result;
  }
}

function found(day: Day, { circumstance, causedByLine, ...difference }: FoundDifference): FoundBreak {
  const { ours, theirs } = difference;
  const causedBy = causedByLine === null ? null : breakId(day, isTransactionType(causedByLine.type) ? 'ambiguous' : 'unknown-type', { ...difference, ...causedByLine, requestId: null, copy: 1 });
  return { difference, verdict: judge(circumstance, { ours, theirs }), causedBy };
}
