import { businessDate, err, ok, type Currency, type Result } from '@scantill/kernel';
import { classify, orderKeyOf } from './line-class.js';
import type { TransactionItem } from '../core/listed.js';
import { FAULTS_MAX, type Row, type RowFault } from '../core/item-table.js';
import type { Bulk } from './bulk.js';
import { copyRows } from './copy-rows.js';
import { copyLine, copyPlainLine, wantsEscape, type CopyValue } from './copy-text.js';
import type { Intake, Staged } from './intake.js';
import type { UnreadItems } from './items-intake.js';
import { SeenRows, type ToldByRow } from './seen-rows.js';
import type { FileRefused } from './file-refused.js';
import { lineClasses } from './line-classes.js';
import { QuickCells } from './quick-cells.js';
import { ReportReader, type HeaderRead, type TakeQuickly } from './report-reader.js';

/** What a row becomes, in the order of the table's columns. */
export const LINE_COLUMNS = [
  'business_date', 'file_id', 'line', 'account_id', 'class', 'type', 'alipay_id', 'original_id', 'request_id', 'order_key', 'store_id', 'currency', 'amount_minor', 'net_currency', 'net_minor',
  'fee_minor', 'paid_at', 'at', 'raw',
] as const;
export type LineValues = readonly CopyValue[];

/** The same transactions with the same principals, each as often: what else the rows say may have come since. */
const COMPLETES = `with sides as (
    select type, alipay_id, request_id, currency, amount_minor, count(*) filter (where file_id = $1) as new, count(*) filter (where file_id = $2) as old
    from lines where file_id in ($1, $2) group by type, alipay_id, request_id, currency, amount_minor)
  select not exists (select from sides where new <> old) as completes`;

/** Alipay's transaction files, of all generations, on their way from the disk into the table of lines. */
export class TransactionLines implements Intake<UnreadItems, FileRefused> {
  async stage(bulk: Bulk, file: UnreadItems, read: (rows: number) => void): Promise<Result<Staged, FileRefused>> {
    const seen = new SeenRows();
    const rows: string[] = [];
    const reader = new ReportReader('transactionItems', file.unit, (header) => takeQuickly(header, file, (values, told) => {
      seen.add(told);
      rows.push(copyPlainLine(values));
    }));
    const faults: RowFault[] = [];
    let otherDays = 0;
    const outcome = await copyRows(bulk, { file, reader, read, into: `copy lines (${LINE_COLUMNS.join(', ')}) from stdin`, take: (items) => {
      for (const item of items) {
        const fault = dayFault(item, file.date);
        if (fault !== undefined) {
          otherDays += 1;
          faults.push(...(otherDays > FAULTS_MAX ? [] : [fault]));
          continue;
        }
        seen.add({ customerId: item.customerId, currency: item.amount.currency, minor: item.amount.minor });
        rows.push(copyLine(valuesOf(item, file)));
      }
      return rows.splice(0).join('');
    } });
    if (!outcome.ok) return outcome;
    const count = reader.faultCount + otherDays;
    if (count > 0) return err({ kind: 'BadRows', faults: [...reader.faults, ...faults].sort((a, b) => a.line - b.line).slice(0, FAULTS_MAX), count });
    return ok({ generation: reader.generation, lines: reader.rowCount, ...seen.told, accountId: file.account.accountId, date: file.date, partOf: null, batchIds: [] });
  }

  async completes(bulk: Bulk, otherFileId: string, fileId: string): Promise<boolean> {
    const [row] = await bulk.query<{ completes: boolean }>(COMPLETES, [fileId, otherFileId]);
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

export function valuesOf(item: TransactionItem, { id, account, date, ours }: UnreadItems): LineValues {
  const { settled } = item;
  return [
    date, id, item.line, account.accountId, classify(item, ours), item.type, item.alipayId, item.originalAlipayId, item.requestId, orderKeyOf(item.reference, ours), item.storeId,
    item.amount.currency, item.amount.minor, settled?.net.currency ?? null, settled?.net.minor ?? null,
    settled === null ? null : settled.fees.reduce((sum, fee) => sum + fee.amount.minor, 0n), item.paidAt?.toISOString() ?? null, item.at, item.at === null ? item.raw : null,
  ];
}

/** For rows that are plainly right; those of generation C that say what is paid out are left to the closer look. */
export function takeQuickly(header: HeaderRead, { id, account, date, unit, ours }: UnreadItems, take: (values: LineValues, told: ToldByRow) => void): TakeQuickly {
  const cells = new QuickCells(header, unit);
  const at = placesOf(cells);
  const classOf = lineClasses(ours);
  return ({ line, at: firstByte, raw, values }: Row) => {
    if (firstByte === null || wantsEscape(raw)) return false;
    cells.turnTo(values);
    const customerId = cells.id(at.customer);
    const alipayId = cells.id(at.alipay);
    if (!customerId || !alipayId || cells.text(at.net) !== '') return false;
    const requestId = cells.id(at.request);
    const storeId = cells.id(at.store);
    const originalId = cells.id(at.original);
    const reference = cells.id(at.reference);
    if (requestId === undefined || storeId === undefined || originalId === undefined || reference === undefined) return false;
    const type = cells.type(at.type);
    const paidAt = cells.time(at.time);
    const currency = cells.text(at.currency);
    const minor = cells.minor(at.amount, currency);
    if (type === undefined || paidAt === undefined || minor === undefined) return false;
    if (type === 'PAYMENT' && !paidAt.startsWith(date)) return false;
    const merchantId = cells.id(at.merchant);
    const product = cells.id(at.product);
    const status = at.status === -1 ? null : cells.id(at.status);
    if (merchantId === undefined || product === undefined || status === undefined || (at.status !== -1 && status === null)) return false;
    cells.keepSeen();
    const lineClass = classOf({ type, status, product, merchantId, storeId, reference });
    take(
      [date, id, line, account.accountId, lineClass, type, alipayId, originalId, requestId, orderKeyOf(reference, ours), storeId, currency, minor, null, null, null, paidAt, firstByte, null],
      { customerId, currency: currency as Currency, minor: BigInt(minor) },
    );
    return true;
  };
}

function placesOf(cells: QuickCells) {
  const [customer, alipay, original, request, reference] = ['customerId', 'transactionId', 'originalTransactionId', 'transactionRequestId', 'referenceTransactionId'].map((name) => cells.place(name)) as [number, number, number, number, number];
  const [merchant, store, type, time, product] = ['referenceMerchantId', 'referenceStoreId', 'transactionType', 'paymentTime', 'productCode'].map((name) => cells.place(name)) as [number, number, number, number, number];
  const [amount, currency, status, net] = ['transactionAmountValue', 'transactionCurrency', 'status', 'settlementAmountValue'].map((name) => cells.place(name)) as [number, number, number, number];
  return { customer, alipay, original, request, reference, merchant, store, type, time, product, amount, currency, status, net };
}
