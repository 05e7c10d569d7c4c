import { businessDate, err, ok, type Result } from '@scantill/kernel';
import type { TakeRecord } from '../core/csv-scanner.js';
import { FAULTS_MAX, type RowFault } from '../core/item-table.js';
import type { TransactionItem } from '../core/listed.js';
import { BinaryRows, microsecondsOf, type ColumnValue } from './binary-rows.js';
import type { Bulk } from './bulk.js';
import { copyRows } from './copy-rows.js';
import { RowFigures } from './file-figures.js';
import type { FileRefused } from './file-refused.js';
import type { FileOfDay, Intake, Staged } from './intake.js';
import { classOf, copyInto, ITEM_COLUMNS, itemValues, PLACE_COUNT } from './item-columns.js';
import type { UnreadItems } from './items-intake.js';
import type { LineClass } from './line-class.js';
import { MaybeTwice } from './maybe-twice.js';
import { openPortion, OWN_PORTION_BYTES } from './own-portion.js';
import { QuickCells } from './quick-cells.js';
import { QuickItem } from './quick-item.js';
import { ReportReader, type HeaderRead } from './report-reader.js';
import { SeenRows } from './seen-rows.js';

/** What a row becomes, beside what it has of its file. */
export const LINE_COLUMNS = { ...ITEM_COLUMNS, net_currency: 'text', net_minor: 'int8', fee_minor: 'int8' } as const;

/** As the months have it, but nobody is asked to fill it before the rows are there for others: vacuum does. */
const RANGES = 'using brin (alipay_id, file_id, line) with (pages_per_range = 32)';
/** The same transactions with the same principals, each as often: what else the rows say may have come since. */
const COMPLETES = `with sides as (
    select type, alipay_id, request_id, currency, amount_minor, count(*) filter (where file_id = $1) as new, count(*) filter (where file_id = $2) as old
    from lines where file_id in ($1, $2) and business_date = any($3::date[]) group by type, alipay_id, request_id, currency, amount_minor)
  select not exists (select from sides where new <> old) as completes`;

/** Alipay's transaction files, of all generations, on their way from the disk into the table of lines. */
export class TransactionLines implements Intake<UnreadItems, FileRefused> {
  /** @param ownPortionBytes how large a file is whose rows get a table of their own */
  constructor(private readonly ownPortionBytes = OWN_PORTION_BYTES) {}

  async stage(bulk: Bulk, file: UnreadItems, read: (rows: number) => void): Promise<Result<Staged, FileRefused>> {
    const [seen, figures, twice] = [new SeenRows(), new RowFigures(), new MaybeTwice()];
    const portion = await openPortion(bulk, file, { table: 'lines', indexedBefore: RANGES, columns: LINE_COLUMNS, ownFromBytes: this.ownPortionBytes });
    const rows = new BinaryRows(Object.values(portion.columns), portion.ofFile.length + PLACE_COUNT);
    const reader = new ReportReader('transactionItems', file.unit, (header) => takeQuickly(header, file, { rows, ofFile: portion.ofFileFields, figures, seen, twice }));
    const faults: RowFault[] = [];
    let otherDays = 0;
    const outcome = await copyRows(bulk, { file, reader, read, rows, into: copyInto(portion), take: (items) => {
      for (const item of items) {
        const fault = dayFault(item, file.date);
        if (fault !== undefined) {
          otherDays += 1;
          faults.push(...(otherDays > FAULTS_MAX ? [] : [fault]));
          continue;
        }
        seen.add({ customerId: item.customerId, currency: item.amount.currency, minor: item.amount.minor });
        twice.seeItem(item, reader.generation);
        const lineClass = classOf(item, item.status, file.ours);
        figures.see(lineClass, item.paidAt === null ? null : microsecondsOf(item.paidAt.getTime()), false);
        rows.add([...portion.ofFile, ...lineValues(item, lineClass, file)]);
      }
    } });
    if (!outcome.ok) return outcome;
    const count = reader.faultCount + otherDays;
    if (count > 0) return err({ kind: 'BadRows', faults: [...reader.faults, ...faults].sort((a, b) => a.line - b.line).slice(0, FAULTS_MAX), count });
    await portion.join();
    return ok({ generation: reader.generation, lines: reader.rowCount, ...seen.told, accountId: file.account.accountId, date: file.date, partOf: null, batchIds: [], maybeTwice: twice.ids, figures: figures.told(rows.sum.value) });
  }

  async completes(bulk: Bulk, other: FileOfDay, file: FileOfDay): Promise<boolean> {
    const [row] = await bulk.query<{ completes: boolean }>(COMPLETES, [file.id, other.id, [file.date, other.date]]);
    return row?.completes === true;
  }

  /** Its rows are where they belong since they were read. */
  async keep(): Promise<void> { /* nothing is left to be done */ }
}

/** Alipay leaves open which time refunds and cancels carry, so only payments must be of the file's day. */
function dayFault({ line, type, paidAt }: TransactionItem, date: string): RowFault | undefined {
  if (type !== 'PAYMENT' || paidAt === null) return undefined;
  const day = businessDate(paidAt);
  return day === date ? undefined : { line, column: 'paymentTime', reason: `is on ${day} in UTC+8, and the file is of ${date}` };
}

export function lineValues(item: TransactionItem, lineClass: LineClass, { ours }: UnreadItems): readonly ColumnValue[] {
  const { settled } = item;
  return [...itemValues(item, lineClass, ours), settled?.net.currency ?? null, settled?.net.minor ?? null, settled === null ? null : settled.fees.reduce((sum, fee) => sum + fee.amount.minor, 0n)];
}

interface Into {
  readonly rows: BinaryRows;
  /** What each row tells of its file. */
  readonly ofFile: Uint8Array;
  readonly figures: RowFigures;
  readonly seen: SeenRows;
  readonly twice: MaybeTwice;
}

/** For rows that are plainly right; those of generation C that say what is paid out are left to the closer look. */
export function takeQuickly(header: HeaderRead, file: UnreadItems, { rows, ofFile, figures, seen, twice }: Into): TakeRecord {
  const cells = new QuickCells(header, file.unit);
  const [net, status, time] = ['settlementAmountValue', 'status', 'paymentTime'].map((column) => cells.place(column)) as [number, number, number];
  const item = new QuickItem(cells, file, status);
  const date = Buffer.from(file.date);
  return (line) => {
    if (!cells.turnTo(line) || !cells.isEmpty(net) || cells.isEmpty(time) || (status !== -1 && cells.isEmpty(status)) || !item.turnTo(line)) return false;
    if (item.type === 'PAYMENT' && !cells.startsWith(time, date)) return false;
    cells.keepSeen();
    seen.addQuickly(item.customerId, item.currency.code, item.minor);
    item.show(twice);
    item.count(figures, false);
    item.write(rows, ofFile);
    rows.null();
    rows.null();
    rows.null();
    rows.endRow();
    return true;
  };
}
