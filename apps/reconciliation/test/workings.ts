import type { AnnounceReports } from '../src/flows/announce-reports.js';
import type { CompareTills } from '../src/flows/compare-tills.js';
import type { FileBreaks } from '../src/flows/file-breaks.js';
import type { KeepBreaks } from '../src/flows/keep-breaks.js';
import type { LookForMissing } from '../src/flows/look-for-missing.js';
import type { OpenLate } from '../src/flows/open-late.js';
import type { OpenUnacknowledged } from '../src/flows/open-unacknowledged.js';
import type { PollSources } from '../src/flows/poll-sources.js';
import type { RematchDays } from '../src/flows/rematch-days.js';
import type { RunImports } from '../src/flows/run-imports.js';

/** What workers do when the time has come. */
export interface Workings {
  readonly folder: string;
  readonly rematchDays: RematchDays;
  readonly runImports: RunImports;
  readonly pollSources: PollSources;
  readonly openLate: OpenLate;
  readonly openUnacknowledged: OpenUnacknowledged;
  readonly compareTills: CompareTills;
  readonly announceReports: AnnounceReports;
  readonly keepBreaks: KeepBreaks;
  readonly fileBreaks: FileBreaks;
  readonly lookForMissing: LookForMissing;
}
