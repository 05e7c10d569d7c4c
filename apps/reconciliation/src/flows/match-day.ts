import { businessDate } from '@scantill/kernel';
import { appendEvents, type OutboxRelay } from '@scantill/platform';
import { judge } from '../core/break.js';
import type { Bulk } from '../outbound/bulk.js';
import type { DayMatching, Difference } from '../outbound/day-matching.js';
import type { Day } from '../outbound/file.repository.js';
import { toRunCompletedRow, type Occasion, type RunResult } from '../outbound/reconciliation-events.js';
import type { Unsettled } from '../outbound/unsettled.js';
import type { FoundBreak, KeepBreaks } from './keep-breaks.js';
import { toFoundLate } from './open-late.js';

export interface MatchDayParts {
  readonly matching: DayMatching;
  readonly unsettled: Unsettled;
  readonly keepBreaks: KeepBreaks;
  readonly relay: OutboxRelay;
}

/** Compares a day's lines with what was expected; opens the breaks that are there, closes those that are there no more. */
export class MatchDay {
  constructor(private readonly parts: MatchDayParts) {}

  /** The caller holds the account's lock. Safe to repeat: nothing changes, and nothing is announced but the run. */
  async run(bulk: Bulk, day: Day, occasion: Occasion): Promise<RunResult> {
    const { matching, unsettled, keepBreaks, relay } = this.parts;
    const { lines, matched } = await matching.match(bulk, day);
    await keepBreaks.begin(bulk);
    let breaksOpened = 0;
    for await (const differences of matching.differences(bulk)) breaksOpened += await keepBreaks.found(bulk, day, differences.flatMap(found), occasion);
    // After what is missing, which may be why they are late.
    for await (const late of unsettled.ofDay(bulk, day, businessDate(occasion.at))) breaksOpened += await keepBreaks.found(bulk, day, late.map(toFoundLate), occasion);
    const breaksResolved = await keepBreaks.gone(bulk, day, occasion);
    const result = { lines, matched, breaksOpened, breaksResolved };
    const runs = await matching.countRun(bulk, day, occasion.at);
    await appendEvents(bulk.tx, [toRunCompletedRow(day, runs, result, occasion)]);
    bulk.tx.afterCommit(relay.wake);
    return result;
  }
}

function found(difference: Difference): FoundBreak[] {
  const { ours, theirs, copy } = difference;
  const verdict = judge({ ours, theirs, isRepeated: copy > 1 });
  return verdict === undefined ? [] : [{ difference, verdict, causedBy: null }];
}
