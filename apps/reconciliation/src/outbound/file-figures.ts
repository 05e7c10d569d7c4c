import { businessDate } from '@scantill/kernel';
import { unixMsOf } from './binary-rows.js';
import type { Bulk } from './bulk.js';
import type { Day } from './file.repository.js';
import type { LineClass } from './line-class.js';

/** What all rows of a file of items come to. It is added up while they are read, so that whoever compares their day need not go through them for it. */
export interface FileFigures {
  readonly orders: number;
  /** Of types that no document names. */
  readonly unknown: number;
  /** `YYYY-MM-DD` in UTC+8: when the first of its orders was paid; null where none says. */
  readonly paidSince: string | null;
  /** Whether each of its orders says when it was paid. */
  readonly isDated: boolean;
  /** Whether anything was exchanged. */
  readonly isQuoted: boolean;
  /** Of all that its rows say (`RowSum`), in decimal digits: JSON knows no such numbers. */
  readonly sum: string;
}

/** Of all files of a day. */
export interface DayFigures extends FileFigures {
  readonly files: number;
}

const OF_DAY = `select figures from files where account_id = $1 and report = $3 and business_date = $2::date and status = 'in-force'`;

export async function figuresOfDay(bulk: Bulk, { accountId, date }: Pick<Day, 'accountId' | 'date'>, report: 'transaction-items' | 'settlement-items'): Promise<DayFigures> {
  return together((await bulk.query<{ figures: FileFigures }>(OF_DAY, [accountId, date, report])).map(({ figures }) => figures));
}

/** However a day is cut into files, it comes to the same. */
export function together(files: readonly FileFigures[]): DayFigures {
  const count = (of: (figures: FileFigures) => number): number => files.reduce((sum, figures) => sum + of(figures), 0);
  const days = files.flatMap(({ paidSince }) => paidSince ?? []).sort();
  return {
    files: files.length, orders: count(({ orders }) => orders), unknown: count(({ unknown }) => unknown), paidSince: days[0] ?? null,
    isDated: files.every(({ isDated }) => isDated), isQuoted: files.some(({ isQuoted }) => isQuoted),
    sum: String(BigInt.asUintN(64, files.reduce((sum, each) => sum + BigInt(each.sum), 0n))),
  };
}

/** Adds up the rows of a file, whoever reads them. */
export class RowFigures {
  private orders = 0;
  private unknown = 0;
  private paidSince = Infinity;
  private isDated = true;
  private isQuoted = false;

  /** @param paidAt in microseconds, as `BinaryRows` has it */
  see(lineClass: LineClass, paidAt: number | null, isQuoted: boolean): void {
    this.isQuoted ||= isQuoted;
    if (lineClass === 'unknown') this.unknown += 1;
    if (lineClass !== 'order') return;
    this.orders += 1;
    if (paidAt === null) this.isDated = false;
    else if (paidAt < this.paidSince) this.paidSince = paidAt;
  }

  told(sum: bigint): FileFigures {
    const { orders, unknown, paidSince, isDated, isQuoted } = this;
    return { orders, unknown, paidSince: paidSince === Infinity ? null : businessDate(new Date(unixMsOf(paidSince))), isDated, isQuoted, sum: String(sum) };
  }
}
