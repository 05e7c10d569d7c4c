import { businessDate } from '@scantill/kernel';
import type { Directory, OutboxRelay } from '@scantill/platform';
import { judge, verdict } from '../core/break.js';
import { settledFaults } from '../core/settled-faults.js';
import type { Bulk } from '../outbound/bulk.js';
import type { ContractRepository } from '../outbound/contract.repository.js';
import type { DayMatching } from '../outbound/day-matching.js';
import type { DueReports } from '../outbound/due-reports.js';
import type { Day } from '../outbound/file.repository.js';
import type { Occasion, RunResult } from '../outbound/reconciliation-events.js';
import type { RunRepository } from '../outbound/run.repository.js';
import type { SettledMore, SettlementMatching } from '../outbound/settlement-matching.js';
import type { Unsettled } from '../outbound/unsettled.js';
import type { FoundBreak, KeepBreaks } from './keep-breaks.js';
import { toFoundLate } from './open-late.js';

export interface SettleDayParts {
  readonly matching: SettlementMatching;
  readonly days: DayMatching;
  readonly contracts: ContractRepository;
  readonly directory: Directory;
  readonly unsettled: Unsettled;
  readonly keepBreaks: KeepBreaks;
  readonly runs: RunRepository;
  readonly dueReports: DueReports;
  readonly relay: OutboxRelay;
}

/** Compares what Alipay pays out on a day with what was expected: principals, fees, rates and net amounts. */
export class SettleDay {
  constructor(private readonly parts: SettleDayParts) {}

  /**
   * The caller holds the account's lock. Safe to repeat. @param maybeTwice Alipay's ids that may be in the file that has just come more than once; null: any
   * @returns also the other days that pay some of it out, too
   */
  async run(bulk: Bulk, day: Day, occasion: Occasion, maybeTwice: readonly string[] | null): Promise<RunResult & { readonly otherDays: readonly string[] }> {
    const { matching, days, contracts, directory, unsettled, keepBreaks, runs, dueReports, relay } = this.parts;
    const { accountId } = day;
    const agreed = await contracts.ofAccounts(bulk.tx, [accountId]);
    const quotes = directory.account(accountId)?.files?.quotes ?? 'as-written';
    const { lines, linesSum, otherDays } = await matching.match(bulk, day, { contracts: agreed, maybeTwice });
    await keepBreaks.begin(bulk);
    let [breaksOpened, unmatched] = [0, 0];
    const keep = async (found: readonly FoundBreak[]): Promise<void> => {
      unmatched += found.length;
      breaksOpened += await keepBreaks.found(bulk, day, found, occasion);
    };
    for await (const page of matching.differences(bulk)) await keep(page.map(({ circumstance, causedBy, ...difference }) => ({ difference: aside(difference), verdict: judge(circumstance, difference), causedBy })));
    for await (const page of matching.closer(bulk, day.date, agreed)) await keep(page.flatMap((row) => faultsOf(row, quotes)));
    let breaksResolved = await keepBreaks.gone(bulk, { accountId, comparison: 'settlement', date: day.date }, occasion);
    const version = await days.countRun(bulk, day, 'settlement', occasion.at);
    const figures = { lines, matched: lines - unmatched, breaksOpened, breaksResolved };
    const hash = await runs.keep(bulk, day, { ...figures, linesSum, kind: 'settlement', version, at: occasion.at });
    // What was late is settled now.
    await keepBreaks.begin(bulk);
    for await (const late of unsettled.again(bulk, day, businessDate(occasion.at))) breaksOpened += await keepBreaks.found(bulk, day, late.map(toFoundLate), occasion);
    breaksResolved += await keepBreaks.gone(bulk, { accountId, comparison: 'payout', date: null }, occasion);
    await dueReports.schedule(bulk.tx, day, occasion.at);
    bulk.tx.afterCommit(relay.wake);
    return { ...figures, breaksOpened, breaksResolved, hash, otherDays };
  }
}

/** The same trouble in a transaction file is another break. */
function aside<Each extends { readonly subject: string | null; readonly type: string; readonly alipayId: string | null; readonly requestId: string | null; readonly copy: number }>(difference: Each): Each {
  return { ...difference, subject: `settled ${difference.subject ?? `${difference.alipayId} ${difference.requestId ?? ''} ${difference.copy}`}` };
}

function faultsOf({ difference, ...row }: SettledMore, quotes: 'as-written' | 'reversed'): FoundBreak[] {
  return settledFaults(row, quotes).map(({ kind, ours, theirs }) => ({ difference: aside({ ...difference, ours, theirs }), verdict: verdict(kind, { ours, theirs }), causedBy: null }));
}
