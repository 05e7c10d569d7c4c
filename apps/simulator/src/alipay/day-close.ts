import { join } from 'node:path';
import { fileDate, settlementsFolder, transactionItemsFileName, type TransactionItem, type TransactionType } from '@scantill/alipay';
import { dayText, type BusinessClock, type DayNumber } from '../time.js';
import type { Ledger } from './ledger.js';
import { rowOf, writeTransactionItems } from './transaction-items.js';

export interface DayTotal {
  readonly type: TransactionType;
  readonly currency: string;
  readonly count: number;
  /** Signed sum in the smallest unit. */
  readonly value: string;
}

export type CloseOutcome =
  | {
      readonly kind: 'closed'; readonly date: string; readonly rows: number; readonly totals: readonly DayTotal[];
      /** Below the SFTP root, where Alipay would put it. */
      readonly remotePath: string;
      /** On this machine. */
      readonly path: string;
      /** Successes from now on are booked in this day or later. */
      readonly openDay: string;
    }
  | { readonly kind: 'already-closed'; readonly date: string; readonly remotePath: string; readonly rows: number; readonly openDay: string }
  | { readonly kind: 'not-begun'; readonly date: string; readonly openDay: string };

/** Ends a trading day early, as if midnight (UTC+8) had come: its transaction file is written and bookings go on in the next day. */
export class DayClose {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly settings: { readonly customerId: string; readonly sftpRoot: string },
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
    const remotePath = `${settlementsFolder(this.settings.customerId, fileDate(date))}/${transactionItemsFileName(fileDate(date), 0)}`;
    const path = join(this.settings.sftpRoot, remotePath);
    const totals = new Totals();
    await writeTransactionItems(path, this.rows(day, totals));
    const rows = days.of(day).length;
    this.ledger.record({ type: 'day-closed', day, file: remotePath, rows });
    return { kind: 'closed', date, rows, totals: totals.list(), remotePath, path, openDay: dayText(days.openDay(this.clock.now())) };
  }

  private *rows(day: DayNumber, totals: Totals): Generator<TransactionItem> {
    for (const booking of this.ledger.days.of(day)) {
      const row = rowOf(this.ledger, this.settings.customerId, booking);
      totals.add(booking.type, row);
      yield row;
    }
  }
}

class Totals {
  private readonly sums = new Map<string, { type: TransactionType; currency: string; count: number; value: bigint }>();

  add(type: TransactionType, row: TransactionItem): void {
    const key = `${type} ${row.transactionCurrency}`;
    const sum = this.sums.get(key) ?? { type, currency: row.transactionCurrency, count: 0, value: 0n };
    sum.count += 1;
    sum.value += BigInt(row.transactionAmountValue);
    this.sums.set(key, sum);
  }

  list(): DayTotal[] {
    return [...this.sums.values()].map((sum) => ({ ...sum, value: String(sum.value) }));
  }
}
