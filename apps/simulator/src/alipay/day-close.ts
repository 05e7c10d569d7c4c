import { DefectPlan, type PlantedDefect } from '../faults/defect-plan.js';
import type { FileDefect } from '../faults/file-defect.js';
import { dayText, type BusinessClock, type DayNumber } from '../time.js';
import type { Accounts } from './accounts.js';
import { DayFiles, type DayFile, type SettlementFile } from './day-files.js';
import type { Ledger } from './ledger.js';
import type { WrittenFile } from './records.js';

/** What is to be wrong with the files; nothing unless it is asked for. */
export interface WantedDefects {
  readonly seed: number;
  readonly defects: readonly FileDefect[];
}

export type CloseOutcome =
  | {
      readonly kind: 'closed'; readonly date: string;
      /** Transaction files, at least one for each customer id, also empty ones; the first account's come first. */
      readonly files: readonly [DayFile, ...DayFile[]];
      /** Written on the next day, for accounts with a settlement contract. */
      readonly settlementFiles: readonly SettlementFile[];
      readonly defects: readonly PlantedDefect[];
      readonly unplanted: readonly FileDefect[];
      /** Successes from now on are booked in this day or later. */
      readonly openDay: string;
    }
  | { readonly kind: 'already-closed'; readonly date: string; readonly remotePath: string; readonly rows: number; readonly openDay: string }
  | { readonly kind: 'not-begun'; readonly date: string; readonly openDay: string };

/** Ends a trading day early, as if midnight (UTC+8) had come: its files are written and bookings go on in the next day. */
export class DayClose {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly settings: { readonly accounts: Accounts; readonly sftpRoot: string },
  ) {}

  /** One after the other. @param day the open day unless named; an earlier one that was never closed may be named too */
  run(day?: DayNumber, wanted: WantedDefects = { seed: 0, defects: [] }): Promise<CloseOutcome> {
    const closing = this.queue.then(() => this.close(day, wanted));
    this.queue = closing.catch(() => undefined);
    return closing;
  }

  private async close(named: DayNumber | undefined, wanted: WantedDefects): Promise<CloseOutcome> {
    const { days } = this.ledger;
    const open = days.openDay(this.clock.now());
    const day = named ?? open;
    const date = dayText(day);
    const closed = days.closed(day);
    if (closed) return { kind: 'already-closed', date, remotePath: closed.file, rows: closed.rows, openDay: dayText(open) };
    if (day > open) return { kind: 'not-begun', date, openDay: dayText(open) };

    // From here on nothing can be booked in this day, so its rows stand while they are written.
    days.seal(day);
    const { accounts: { all, first } } = this.settings;
    const plan = new DefectPlan(wanted.defects, wanted.seed, first.customerId);
    const files = new DayFiles(this.ledger, this.settings, plan);
    const [main, ...others] = await files.writeTransactions(day, first.customerId);
    const settlementFiles = await files.writeSettlement(day, first.customerId);
    for (const customerId of new Set(all.map((account) => account.customerId))) {
      if (customerId === first.customerId) continue;
      others.push(...(await files.writeTransactions(day, customerId)));
      settlementFiles.push(...(await files.writeSettlement(day, customerId)));
    }
    const written = [main, ...others, ...settlementFiles].map(({ customerId, remotePath: file, rows }): WrittenFile => ({ customerId, file, rows }));
    this.ledger.record({ type: 'day-closed', day, file: main.remotePath, rows: main.rows, files: written });
    const { planted: defects, unplanted } = plan;
    return { kind: 'closed', date, files: [main, ...others], settlementFiles, defects, unplanted, openDay: dayText(days.openDay(this.clock.now())) };
  }
}
