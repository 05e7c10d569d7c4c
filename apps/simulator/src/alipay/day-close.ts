import { join } from 'node:path';
import { fileDate, settlementsFolder, transactionItemsFileName, type TransactionItem } from '@scantill/alipay';
import { dayText, type BusinessClock, type DayNumber } from '../time.js';
import type { Accounts } from './accounts.js';
import { bookingPayment } from './booking-days.js';
import { DayTotals, type DayTotal } from './day-totals.js';
import type { Ledger } from './ledger.js';
import type { WrittenFile } from './records.js';
import { rowOf, writeTransactionItems } from './transaction-items.js';

/** One customer id's file of a day. */
export interface DayFile {
  readonly customerId: string;
  readonly rows: number;
  readonly totals: readonly DayTotal[];
  /** Below the SFTP root, where Alipay would put it. */
  readonly remotePath: string;
  /** On this machine. */
  readonly path: string;
}

export type CloseOutcome =
  | {
      readonly kind: 'closed'; readonly date: string;
      /** One for each customer id, also empty ones; the first account's comes first. */
      readonly files: readonly [DayFile, ...DayFile[]];
      /** Successes from now on are booked in this day or later. */
      readonly openDay: string;
    }
  | { readonly kind: 'already-closed'; readonly date: string; readonly remotePath: string; readonly rows: number; readonly openDay: string }
  | { readonly kind: 'not-begun'; readonly date: string; readonly openDay: string };

/** Ends a trading day early, as if midnight (UTC+8) had come: its transaction files are written and bookings go on in the next day. */
export class DayClose {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly settings: { readonly accounts: Accounts; readonly sftpRoot: string },
  ) {}

  /** One after the other. @param day the open day unless named; an earlier one that was never closed may be named too */
  run(day?: DayNumber): Promise<CloseOutcome> {
    const closing = this.queue.then(() => this.close(day));
    this.queue = closing.catch(() => undefined);
    return closing;
  }

  private async close(named?: DayNumber): Promise<CloseOutcome> {
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
    const main = await this.write(day, first.customerId);
    const others: DayFile[] = [];
    for (const customerId of new Set(all.map((account) => account.customerId))) {
      if (customerId !== first.customerId) others.push(await this.write(day, customerId));
    }
    const files = [main, ...others] as const;
    const written = files.map(({ customerId, remotePath: file, rows }): WrittenFile => ({ customerId, file, rows }));
    this.ledger.record({ type: 'day-closed', day, file: main.remotePath, rows: main.rows, files: written });
    return { kind: 'closed', date, files: [main, ...others], openDay: dayText(days.openDay(this.clock.now())) };
  }

  private async write(day: DayNumber, customerId: string): Promise<DayFile> {
    const date = fileDate(dayText(day));
    const remotePath = `${settlementsFolder(customerId, date)}/${transactionItemsFileName(date, 0)}`;
    const path = join(this.settings.sftpRoot, remotePath);
    const totals = new DayTotals();
    await writeTransactionItems(path, this.rows(day, customerId, totals));
    return { customerId, rows: totals.rows, totals: totals.list(), remotePath, path };
  }

  private *rows(day: DayNumber, customerId: string, totals: DayTotals): Generator<TransactionItem> {
    for (const booking of this.ledger.days.of(day)) {
      const { clientId } = bookingPayment(booking);
      const account = this.settings.accounts.find(clientId) ?? this.settings.accounts.first;
      if (account.customerId !== customerId) continue;
      const row = rowOf(this.ledger, customerId, booking);
      totals.add(booking.type, row);
      yield row;
    }
  }
}
