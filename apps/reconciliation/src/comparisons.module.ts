import { DueWorker, type Platform, type RunningPart } from '@scantill/platform';
import { CompareBatches } from './flows/compare-batches.js';
import { CompareTills } from './flows/compare-tills.js';
import { FileBreaks } from './flows/file-breaks.js';
import { KeepBreaks } from './flows/keep-breaks.js';
import { MatchDay } from './flows/match-day.js';
import { OpenLate } from './flows/open-late.js';
import { OpenUnacknowledged } from './flows/open-unacknowledged.js';
import { OpenMissingPayouts } from './flows/open-missing-payouts.js';
import { RematchDays } from './flows/rematch-days.js';
import { SettleDay } from './flows/settle-day.js';
import { ACKNOWLEDGE_DUE, AcknowledgeMinutes } from './outbound/acknowledge-minutes.js';
import { AcknowledgementRepository } from './outbound/acknowledgement.repository.js';
import { BatchBreaks } from './outbound/batch-breaks.js';
import { BatchReader } from './outbound/batch.reader.js';
import { BreakRepository } from './outbound/break.repository.js';
import { ContractRepository } from './outbound/contract.repository.js';
import { DayLines } from './outbound/day-lines.js';
import { DayMatching } from './outbound/day-matching.js';
import { DAY_DUE, DueDays } from './outbound/due-days.js';
import { DueReports } from './outbound/due-reports.js';
import { LATE_DUE, LateDays } from './outbound/late-days.js';
import { MissingFiles } from './outbound/missing-files.js';
import { PAYOUT_DUE, PayoutDays } from './outbound/payout-days.js';
import { RunRepository } from './outbound/run.repository.js';
import { SettlementMatching } from './outbound/settlement-matching.js';
import { TillBreaks } from './outbound/till-breaks.js';
import { TillClosingRepository } from './outbound/till-closing.repository.js';
import { TILL_DUE, TillDays } from './outbound/till-days.js';
import { TillSums } from './outbound/till-sums.js';
import { Unsettled } from './outbound/unsettled.js';
import { WantedInquiries } from './outbound/wanted-inquiries.js';
import type { FileStore } from './outbound/file-store.js';

/** Stores of a chain are added up together. */
const TILLS_CLAIM_MAX = 200;

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
  const acknowledgements = new AcknowledgementRepository();
  const minutes = new AcknowledgeMinutes(database);
  const openUnacknowledged = new OpenUnacknowledged({ database, directory, acknowledgements, minutes, breaks, keepBreaks, clock, relay });
  const payoutDays = new PayoutDays(database);
  const batches = new BatchReader();
  const compareBatches = new CompareBatches({ directory, batches, batchBreaks: new BatchBreaks(), breaks, keepBreaks, contracts, payoutDays, relay });
  const openMissingPayouts = new OpenMissingPayouts(database, payoutDays, compareBatches, clock);
  const tillDays = new TillDays(database);
  const closings = new TillClosingRepository();
  const compareTills = new CompareTills({ database, directory, closings, tillDays, sums: new TillSums(), tillBreaks: new TillBreaks(), breaks, keepBreaks, clock, relay });
  return {
    breaks, dueDays, contracts, lateDays, keepBreaks, missing, fileBreaks, runs, dueReports, matchDay, settleDay, rematchDays, openLate, batches, compareBatches, openMissingPayouts,
    acknowledgements, minutes, openUnacknowledged, tillDays, closings, compareTills,
  };
}

/** What is compared again, or for the first time, when its time has come. */
export function comparingParts(
  work: Omit<ConstructorParameters<typeof DueWorker>[0], 'kind' | 'work'>,
  { rematchDays, openLate, openMissingPayouts, openUnacknowledged, compareTills }: Pick<ReturnType<typeof wireComparisons>, 'rematchDays' | 'openLate' | 'openMissingPayouts' | 'openUnacknowledged' | 'compareTills'>,
): RunningPart[] {
  const part = (name: string, worker: DueWorker): RunningPart => ({ name, start: () => worker.start(), stop: () => worker.stop() });
  return [
    part('days to match again', new DueWorker({ ...work, kind: DAY_DUE, work: (keys) => rematchDays.run(keys) })),
    part('days on which pay-outs are late', new DueWorker({ ...work, kind: LATE_DUE, work: (keys) => openLate.run(keys) })),
    part('days on which pay-outs are missing', new DueWorker({ ...work, kind: PAYOUT_DUE, work: (keys) => openMissingPayouts.run(keys) })),
    part('minutes by which payments are acknowledged', new DueWorker({ ...work, kind: ACKNOWLEDGE_DUE, work: (keys) => openUnacknowledged.run(keys) })),
    part('trading days to compare', new DueWorker({ ...work, kind: TILL_DUE, claimMax: () => TILLS_CLAIM_MAX, work: (keys) => compareTills.run(keys) })),
  ];
}
