import { join } from 'node:path';
import { fileDate, reportName, settlementsFolder, type Report } from '@scantill/alipay';
import { isCurrency, type Currency } from '@scantill/kernel';
import type { DefectPlan } from '../faults/defect-plan.js';
import { DAY_MS, dayOf, dayText, instantText, startOfDay, type DayNumber } from '../time.js';
import type { Account, Accounts } from './accounts.js';
import { BatchTotals, type BatchTotal } from './batch-totals.js';
import { bookingPayment, type Booking } from './booking-days.js';
import { DayTotals, type DayTotal } from './day-totals.js';
import { fileSettings, type SettlementContract } from './file-settings.js';
import type { Ledger } from './ledger.js';
import type { Payment } from './payment.js';
import { writeReport, type ReportFiles, type WrittenPart } from './report-file.js';
import { columnsOf, itemRow, summaryRow, type Batch, type ReportRow, type ReportStyle } from './report-row.js';
import { settle, type FileItem } from './settled-item.js';
import { failedRowOf, rowOf } from './transaction-items.js';

/** A part of one customer id's transaction file of a day. */
export interface DayFile {
  readonly customerId: string;
  readonly rows: number;
  /** Of all parts together. */
  readonly totals: readonly DayTotal[];
  /** Below the SFTP root, where Alipay would put it. */
  readonly remotePath: string;
  /** On this machine. */
  readonly path: string;
}

/** A part of a settlement file, or a summary. */
export interface SettlementFile {
  readonly report: Report;
  readonly customerId: string;
  readonly batchId: string;
  readonly currency: Currency;
  readonly rows: number;
  readonly remotePath: string;
  readonly path: string;
}

/** When on the day after its trading day a batch is made. */
const SETTLED_AT_MS = 10 * 3_600_000;
/** As Alipay names the batch of a cycle without transactions. */
const EMPTY_BATCH = '0'.repeat(19);
const usualContract: SettlementContract = fileSettings.shape.settlement.unwrap().unwrap().parse({});

/** Writes what Alipay would put on its SFTP server for one customer id and day, with the defects that are planned. */
export class DayFiles {
  constructor(
    private readonly ledger: Ledger,
    private readonly settings: { readonly accounts: Accounts; readonly sftpRoot: string },
    private readonly plan: DefectPlan,
  ) {}

  async writeTransactions(day: DayNumber, customerId: string): Promise<[DayFile, ...DayFile[]]> {
    const report = 'transactionItems';
    const { generation, unit, settlement } = this.accountOf(customerId).files;
    const style: ReportStyle = { report, generation, unit };
    const items = () => this.transactionItems(day, customerId);
    this.plan.aim(report, customerId, items);
    const totals = new DayTotals();
    const rows = function* (written: Iterable<FileItem>): Generator<ReportRow> {
      for (const item of written) {
        if (item.status === 'SUCCESS') totals.add(item.row);
        yield itemRow(item, style);
      }
    };
    const date = fileDate(dayText(day));
    const name = (sequence: number) => reportName({ report, date, prefix: null, currency: null, sequence, extension: 'csv' });
    const parts = await this.write({ style, customerId, date, name }, rows(this.plan.strike(report, customerId, items(), settlement ?? usualContract)));
    const [first, ...others] = parts.map(({ rows: count, remotePath }): DayFile => ({ customerId, rows: count, totals: totals.list(), remotePath, path: join(this.settings.sftpRoot, remotePath) }));
    if (first === undefined) throw new Error('a report has at least one part');
    return [first, ...others];
  }

  /** Items and summary of each batch: one for each currency in which the day is paid out. None without a contract. */
  async writeSettlement(day: DayNumber, customerId: string): Promise<SettlementFile[]> {
    const { files: { settlement: contract }, settlementCurrency } = this.accountOf(customerId);
    if (contract === null) return [];
    this.plan.aim('settlementItems', customerId, () => this.settledItems(day, customerId, contract));
    const found = new Set<Currency>();
    for (const booking of this.bookings(day, customerId)) found.add(this.paidOutIn(bookingPayment(booking)));
    if (found.size === 0) found.add(settlementCurrency !== undefined && isCurrency(settlementCurrency) ? settlementCurrency : 'USD');
    const written: SettlementFile[] = [];
    for (const currency of [...found].sort()) written.push(...(await this.writeBatch({ day, customerId, currency, contract })));
    return written;
  }

  private async writeBatch({ day, customerId, currency, contract }: { day: DayNumber; customerId: string; currency: Currency; contract: SettlementContract }): Promise<SettlementFile[]> {
    const { generation, unit } = this.accountOf(customerId).files;
    const { plan } = this;
    const date = fileDate(dayText(day + 1));
    const isEmpty = this.bookings(day, customerId).next().done === true;
    const batch: Batch = { id: isEmpty ? EMPTY_BATCH : this.batchId(date, customerId, currency), customerId, settledAt: instantText(startOfDay(day) + DAY_MS + SETTLED_AT_MS) };
    const totals = new BatchTotals(currency);
    const written: SettlementFile[] = [];
    const write = async (report: 'settlementItems' | 'settlementSummary', rows: (style: ReportStyle) => Iterator<ReportRow>) => {
      const style = { report, generation, unit };
      const name = (sequence: number) => reportName({ report, prefix: null, currency, batchId: batch.id, sequence, extension: 'csv' });
      const parts = await this.write({ style, customerId, date, name }, rows(style));
      written.push(...parts.map(({ rows: count, remotePath }) => ({ report, customerId, batchId: batch.id, currency, rows: count, remotePath, path: join(this.settings.sftpRoot, remotePath) })));
    };
    const inBatch = this.settledItems(day, customerId, contract, currency);
    await write('settlementItems', function* (style) {
      for (const item of plan.strike('settlementItems', customerId, inBatch, contract)) {
        totals.add(item);
        yield itemRow(item, style, batch);
      }
    });
    await write('settlementSummary', (style) => this.summary(totals.list(), customerId).map((total) => summaryRow(total, style, batch)).values());
    return written;
  }

  /** As the items add up, unless it is to say something else. */
  private summary(totals: readonly BatchTotal[], customerId: string): BatchTotal[] {
    if (totals.length === 0) return [];
    const isTotalWrong = this.plan.takes('total-wrong', 'settlementSummary', customerId);
    const isTypeWrong = this.plan.takes('summary-wrong', 'settlementSummary', customerId);
    const wrong = (is: boolean) => (is ? 1n : 0n);
    return totals.map((total, index) => ({ ...total, net: total.net + wrong(isTypeWrong && (index === 0 || total.type === 'TOTAL')) + wrong(isTotalWrong && total.type === 'TOTAL') }));
  }

  private async write({ style, customerId, date, name }: { style: ReportStyle; customerId: string; date: string; name: (sequence: number) => string }, rows: Iterator<ReportRow>): Promise<WrittenPart[]> {
    const files: ReportFiles = {
      root: this.settings.sftpRoot, columns: columnsOf(style), rowsPerFile: this.accountOf(customerId).files.rowsPerFile,
      remotePath: (sequence) => `${settlementsFolder(customerId, date)}/${name(sequence)}`,
      firstSequence: this.plan.takes('parts-gap', style.report, customerId) ? 1 : 0, isCutShort: this.plan.takes('truncated', style.report, customerId),
    };
    return writeReport(files, rows);
  }

  private *transactionItems(day: DayNumber, customerId: string): Generator<FileItem> {
    const { generation, settlement: contract } = this.accountOf(customerId).files;
    for (const booking of this.bookings(day, customerId)) yield this.itemOf(booking, customerId, generation === 'C' ? contract : null);
    if (generation !== 'C') return;
    for (const payment of this.ledger.payments) {
      if (payment.status !== 'FAIL' || dayOf(payment.issuedAt) !== day || this.customerOf(payment) !== customerId) continue;
      yield { row: failedRowOf(this.ledger, customerId, payment), originalRequestId: '', status: 'FAIL', reason: payment.resultCode, settlement: undefined };
    }
  }

  private *settledItems(day: DayNumber, customerId: string, contract: SettlementContract, currency?: Currency): Generator<FileItem> {
    for (const booking of this.bookings(day, customerId)) {
      if (currency === undefined || this.paidOutIn(bookingPayment(booking)) === currency) yield this.itemOf(booking, customerId, contract);
    }
  }

  private itemOf(booking: Booking, customerId: string, contract: SettlementContract | null): FileItem {
    const payment = bookingPayment(booking);
    const row = rowOf(this.ledger, customerId, booking);
    const settlement = contract === null ? undefined : settle(row, this.paidOutIn(payment), contract);
    return { row, originalRequestId: booking.type === 'PAYMENT' ? '' : payment.requestId, status: 'SUCCESS', reason: '', settlement };
  }

  private *bookings(day: DayNumber, customerId: string): Generator<Booking> {
    for (const booking of this.ledger.days.of(day)) if (this.customerOf(bookingPayment(booking)) === customerId) yield booking;
  }

  private customerOf({ clientId }: Payment): string {
    const { accounts } = this.settings;
    return (accounts.find(clientId) ?? accounts.first).customerId;
  }

  /** Where several clients share a customer id, the first one's settings count: the files are its customer id's. */
  private accountOf(customerId: string): Account {
    const { accounts } = this.settings;
    return accounts.all.find((account) => account.customerId === customerId) ?? accounts.first;
  }

  private paidOutIn({ clientId, currency, settlementCurrency }: Payment): Currency {
    const wanted = settlementCurrency ?? this.settings.accounts.find(clientId)?.settlementCurrency ?? currency;
    return isCurrency(wanted) ? wanted : 'USD';
  }

  /** 19 digits that no other batch of the day has: the date, then which customer and currency. */
  private batchId(date: string, customerId: string, currency: Currency): string {
    const customer = this.settings.accounts.all.findIndex((account) => account.customerId === customerId);
    const letters = [...currency].map((letter) => String(letter.charCodeAt(0) - 'A'.charCodeAt(0)).padStart(2, '0')).join('');
    return `${date}${String(customer).padStart(5, '0')}${letters}`;
  }
}
