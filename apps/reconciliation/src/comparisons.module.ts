import type { Platform } from '@scantill/platform';
import { CompareBatches } from './flows/compare-batches.js';
import { CompareTills } from './flows/compare-tills.js';
import { FileBreaks } from './flows/file-breaks.js';
import { KeepBreaks } from './flows/keep-breaks.js';
import { MatchDay } from './flows/match-day.js';
import { OpenLate } from './flows/open-late.js';
import { OpenMissingPayouts } from './flows/open-missing-payouts.js';
import { RematchDays } from './flows/rematch-days.js';
import { SettleDay } from './flows/settle-day.js';
import { BatchBreaks } from './outbound/batch-breaks.js';
import { BatchReader } from './outbound/batch.reader.js';
import { BreakRepository } from './outbound/break.repository.js';
import { ContractRepository } from './outbound/contract.repository.js';
import { DayLines } from './outbound/day-lines.js';
import { DayMatching } from './outbound/day-matching.js';
import { DueDays } from './outbound/due-days.js';
import { DueReports } from './outbound/due-reports.js';
import { LateDays } from './outbound/late-days.js';
import { MissingFiles } from './outbound/missing-files.js';
import { PayoutDays } from './outbound/payout-days.js';
import { RunRepository } from './outbound/run.repository.js';
import { SettlementMatching } from './outbound/settlement-matching.js';
import { TillBreaks } from './outbound/till-breaks.js';
import { TillClosingRepository } from './outbound/till-closing.repository.js';
import { TillDays } from './outbound/till-days.js';
import { TillSums } from './outbound/till-sums.js';
import { Unsettled } from './outbound/unsettled.js';
import { WantedInquiries } from './outbound/wanted-inquiries.js';
import type { FileStore } from './outbound/file-store.js';

/** What compares files with what was expected, and keeps what differs. */
export function wireComparisons({ database, directory, clock, relay }: Platform, store: FileStore) {
  const breaks = new BreakRepository();
  const dueDays = new DueDays(database);
  const contracts = new ContractRepository(database);
  const lateDays = new LateDays(database);
  const unsettled = new Unsettled();
  const keepBreaks = new KeepBreaks(breaks, new WantedInquiries());
  const missing = new MissingFiles();
  const fileBreaks = new FileBreaks(breaks, missing, directory, relay);
  const runs = new RunRepository(database);
  const dueReports = new DueReports(database);
  const matching = new DayMatching(new DayLines(), store);
  const matchDay = new MatchDay({ matching, unsettled, keepBreaks, runs, dueDays, dueReports, relay });
  const settleDay = new SettleDay({ matching: new SettlementMatching(store), days: matching, contracts, directory, unsettled, keepBreaks, runs, dueReports, relay });
  const rematchDays = new RematchDays(database, dueDays, { matchDay, settleDay }, clock);
  const openLate = new OpenLate({ database, lateDays, unsettled, keepBreaks, fileBreaks, clock, relay });
  const payoutDays = new PayoutDays(database);
  const batches = new BatchReader();
  const compareBatches = new CompareBatches({ directory, batches, batchBreaks: new BatchBreaks(), breaks, keepBreaks, contracts, payoutDays, relay });
  const openMissingPayouts = new OpenMissingPayouts(database, payoutDays, compareBatches, clock);
  const tillDays = new TillDays(database);
  const closings = new TillClosingRepository(database);
  const compareTills = new CompareTills({ database, directory, closings, tillDays, sums: new TillSums(), tillBreaks: new TillBreaks(), breaks, keepBreaks, clock, relay });
  return {
    breaks, dueDays, contracts, lateDays, keepBreaks, missing, fileBreaks, runs, dueReports, matchDay, settleDay, rematchDays, openLate, batches, compareBatches, openMissingPayouts,
    tillDays, closings, compareTills,
  };
}
