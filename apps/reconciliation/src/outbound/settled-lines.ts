import { err, ok, zero, type Result } from '@scantill/kernel';
import { BatchSums } from '../core/batch-sums.js';
import { FAULTS_MAX } from '../core/item-table.js';
import type { SettlementItem } from '../core/listed.js';
import { checkNet, type NetFault } from '../core/net.js';
import { priceText } from '../core/quote.js';
import { QuoteCheck } from '../core/quote-check.js';
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
import { ReportReader } from './report-reader.js';
import { SeenRows } from './seen-rows.js';
import { takeSettledQuickly } from './settled-quickly.js';

/** What a row becomes, beside what it has of its file. */
export const SETTLED_COLUMNS = {
  ...ITEM_COLUMNS, batch_id: 'text', net_currency: 'text', net_minor: 'int8', fee_minor: 'int8', coupon_minor: 'int8', quote_pair: 'text', quote_price: 'text', expected_net_minor: 'int8', net_fault: 'text',
} as const;

const MINOR_MAX = 2n ** 63n - 1n;
const KEEP_SUMS = `insert into batch_sums (file_id, account_id, batch_id, type, currency, count, net_minor, coupon_minor, fees)
  select $1, $2, x.* from json_to_recordset($3::json) as x(batch_id text, type text, currency text, count int, net_minor bigint, coupon_minor bigint, fees jsonb)`;
/** The same transactions in the same batch with the same principals, each as often. */
const COMPLETES = `with sides as (
    select batch_id, type, alipay_id, request_id, currency, amount_minor, count(*) filter (where file_id = $1) as new, count(*) filter (where file_id = $2) as old
    from settled_lines where file_id in ($1, $2) and business_date = any($3::date[]) group by batch_id, type, alipay_id, request_id, currency, amount_minor)
  select not exists (select from sides where new <> old) as completes`;

/** Alipay's settlement files, of all generations, on their way from the disk into the table of what was paid out. */
export class SettledLines implements Intake<UnreadItems, FileRefused> {
  /** @param ownPortionBytes how large a file is whose rows get a table of their own */
  constructor(private readonly ownPortionBytes = OWN_PORTION_BYTES) {}

  async stage(bulk: Bulk, file: UnreadItems, read: (rows: number) => void): Promise<Result<Staged, FileRefused>> {
    const [seen, sums, twice] = [new SeenRows(), new BatchSums(), new MaybeTwice()];
    const quotes = new QuoteCheck(file.quotes);
    const figures = new RowFigures();
    const portion = await openPortion(bulk, file, { table: 'settled_lines', columns: SETTLED_COLUMNS, ownFromBytes: this.ownPortionBytes });
    const rows = new BinaryRows(Object.values(portion.columns), portion.ofFile.length + PLACE_COUNT);
    const toSums: { flush: () => void }[] = [];
    const reader = new ReportReader('settlementItems', file.unit, (header) => {
      const { takeRow, flush } = takeSettledQuickly(header, file, { rows, ofFile: portion.ofFileFields, figures, seen, sums, quotes, twice });
      toSums.push({ flush });
      return takeRow;
    });
    const outcome = await copyRows(bulk, { file, reader, read, rows, into: copyInto(portion), take: (items) => {
      for (const item of items) {
        seen.add({ customerId: item.customerId, currency: item.net.currency, minor: item.net.minor });
        sums.add(item);
        twice.seeItem(item, reader.generation);
        quotes.add(item);
        const lineClass = classOf(item, null, file.ours);
        figures.see(lineClass, item.paidAt === null ? null : microsecondsOf(item.paidAt.getTime()), item.quote !== null);
        rows.add([...portion.ofFile, ...settledValues(item, lineClass, file)]);
      }
    } });
    if (!outcome.ok) return outcome;
    if (reader.faultCount > 0) return err({ kind: 'BadRows', faults: reader.faults.slice(0, FAULTS_MAX), count: reader.faultCount });
    if (quotes.contradictsDirection) return err({ kind: 'QuotesContradicted', quotes: file.quotes });
    for (const { flush } of toSums) flush();
    await portion.join();
    await bulk.query(KEEP_SUMS, [file.id, file.account.accountId, JSON.stringify(sums.list().map(({ figures, ...sum }) => ({
      batch_id: sum.batchId, type: sum.type, currency: sum.currency, count: figures.count, net_minor: String(figures.net), coupon_minor: String(figures.coupon),
      fees: Object.fromEntries([...figures.fees].map(([name, minor]) => [name, String(minor)])),
    })))]);
    const batchIds = [...new Set(sums.list().map(({ batchId }) => batchId))];
    return ok({ generation: reader.generation, lines: reader.rowCount, ...seen.told, accountId: file.account.accountId, date: file.date, partOf: null, batchIds, maybeTwice: twice.ids, figures: figures.told(rows.sum.value) });
  }

  async completes(bulk: Bulk, other: FileOfDay, file: FileOfDay): Promise<boolean> {
    const [row] = await bulk.query<{ completes: boolean }>(COMPLETES, [file.id, other.id, [file.date, other.date]]);
    return row?.completes === true;
  }

  /** Its rows are where they belong since they were read. */
  async keep(): Promise<void> { /* nothing is left to be done */ }
}

export function settledValues(item: SettlementItem, lineClass: LineClass, file: UnreadItems): readonly ColumnValue[] {
  const { net, quote, coupon } = item;
  const fault = checkNet(item.amount, item, { direction: file.quotes, toleranceMinor: 0n });
  return [
    ...itemValues(item, lineClass, file.ours), item.batchId, net.currency, net.minor, item.fees.reduce((sum, fee) => sum + fee.amount.minor, 0n), (coupon ?? zero(net.currency)).minor,
    quote === null ? null : `${quote.left}/${quote.right}`, quote === null ? null : priceText(quote), expectedOf(fault), fault?.kind ?? null,
  ];
}

/** At most what the table can hold: by a price that is absurd it may come to more, which is as wrong. */
function expectedOf(fault: NetFault | undefined): bigint | null {
  if (fault?.kind !== 'NetDiffers') return null;
  const { minor } = fault.expected;
  return minor > MINOR_MAX ? MINOR_MAX : minor < -MINOR_MAX ? -MINOR_MAX : minor;
}
