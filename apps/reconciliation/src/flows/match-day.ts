import type { OutboxRelay } from '@scantill/platform';
import { appendEvents } from '@scantill/platform';
import { judge } from '../core/break.js';
import type { BreakRepository, FoundBreak } from '../outbound/break.repository.js';
import type { Bulk } from '../outbound/bulk.js';
import type { DayMatching, Difference } from '../outbound/day-matching.js';
import type { Day } from '../outbound/file.repository.js';
import { toBreakRow, toRunCompletedRow, type Occasion, type RunResult } from '../outbound/reconciliation-events.js';

/** Compares a day's lines with what was expected; opens the breaks that are there, resolves those that are there no more. */
export class MatchDay {
  constructor(private readonly matching: DayMatching, private readonly breaks: BreakRepository, private readonly relay: OutboxRelay) {}

  /** The caller holds the account's lock. Safe to repeat: nothing changes, and nothing is announced but the run. */
  async run(bulk: Bulk, day: Day, occasion: Occasion): Promise<RunResult> {
    const { lines, matched } = await this.matching.match(bulk, day);
    let breaksOpened = 0;
    for await (const differences of this.matching.differences(bulk)) {
      const opened = await this.breaks.open(bulk, day, differences.flatMap(found), occasion.at);
      await appendEvents(bulk.tx, opened.map((each) => toBreakRow(each, occasion)));
      breaksOpened += opened.length;
    }
    const resolved = await this.breaks.resolveOthers(bulk, day, occasion.at);
    const result = { lines, matched, breaksOpened, breaksResolved: resolved.length };
    const runs = await this.matching.countRun(bulk, day, occasion.at);
    await appendEvents(bulk.tx, [...resolved.map((each) => toBreakRow(each, occasion)), toRunCompletedRow(day, runs, result, occasion)]);
    bulk.tx.afterCommit(this.relay.wake);
    return result;
  }
}

function found(difference: Difference): FoundBreak[] {
  const { ours, theirs, copy } = difference;
  const verdict = judge({ ours, theirs, isRepeated: copy > 1 });
  return verdict === undefined ? [] : [{ difference, verdict }];
}
