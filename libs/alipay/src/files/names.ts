import type { Report } from './columns.js';

/** A long day or batch comes in several files. */
export const SEQUENCE_MAX = 999;

interface Part {
  /** 0–999 */
  readonly sequence: number;
  readonly extension: 'csv' | 'xlsx';
}

/** Early editions cut a day by currency, too, and some named no date, which stands in the folder alone. */
export interface TransactionItemsName extends Part {
  readonly report: 'transactionItems';
  /** `YYYYMMDD` in UTC+8 */
  readonly date: string | null;
  readonly prefix: string | null;
  readonly currency: string | null;
}

export interface SettlementName extends Part {
  readonly report: 'settlementItems' | 'settlementSummary';
  /** A wallet, `CONNECTWALLET` for all of Alipay+, or a payment method; null where all are settled together. */
  readonly prefix: string | null;
  readonly currency: string;
  readonly batchId: string;
}

/** As the dashboard names what is downloaded there: the same tables, in one part. */
export interface DashboardName extends Part {
  readonly report: Report;
  /** Of a batch or of a customer. */
  readonly id: string;
  readonly date: string;
}

export type ReportName = TransactionItemsName | SettlementName | DashboardName;

const PREFIX = /^[A-Za-z0-9_]{1,64}$/;
const CURRENCY = /^[A-Z]{3}$/;
const BATCH_ID = /^[A-Za-z0-9]{1,64}$/;
const FILE_DATE = /^\d{8}$/;
const TRANSACTION_ITEMS = /^transactionItems_(?:(?:([A-Za-z0-9_]{1,64})_)?([A-Z]{3})_)?(?:(\d{8})_)?(\d{3})\.(csv|xlsx)$/;
const SETTLEMENT = /^(settlementItems|settlementSummary)_(?:([A-Za-z0-9_]{1,64})_)?([A-Z]{3})_([A-Za-z0-9]{1,64})_(\d{3})\.(csv|xlsx)$/;
const DASHBOARD = /^(TRANSACTION_DETAIL|SETTLEMENT_DETAIL|SETTLEMENT_SUMMARY)_([A-Za-z0-9]{1,64})_(\d{8})\.(csv|xlsx)$/;
const DASHBOARD_REPORTS: Readonly<Record<string, Report>> = {
  TRANSACTION_DETAIL: 'transactionItems', SETTLEMENT_DETAIL: 'settlementItems', SETTLEMENT_SUMMARY: 'settlementSummary',
};
const FOLDER = /^\/v1\/settlements\/(\w{1,64})\/(\d{8})$/;

/** `2026-10-10` → `20261010`, as dates are written in names of files and folders. */
export function fileDate(businessDate: string): string {
  return businessDate.replaceAll('-', '');
}

/** The folder of one day on Alipay's SFTP server. @param date `YYYYMMDD` in UTC+8 */
export function settlementsFolder(customerId: string, date: string): string {
  return `/v1/settlements/${customerId}/${date}`;
}

/** What the path of such a folder says, or nothing if it is not one. */
export function parseSettlementsFolder(path: string): { customerId: string; date: string } | undefined {
  const [, customerId, date] = FOLDER.exec(path) ?? [];
  return customerId === undefined || date === undefined ? undefined : { customerId, date };
}

/** What the name of a report's file says, or nothing if it is not the name of one. */
export function parseReportName(name: string): ReportName | undefined {
  return parseTransactionItems(name) ?? parseSettlement(name) ?? parseDashboard(name);
}

/** The name under which Alipay puts a report on its SFTP server. @throws RangeError for what no file is named by */
export function reportName(named: TransactionItemsName | SettlementName): string {
  const { report, prefix, currency, sequence, extension } = named;
  const isPart = Number.isInteger(sequence) && sequence >= 0 && sequence <= SEQUENCE_MAX;
  const isPrefixed = prefix === null || (PREFIX.test(prefix) && currency !== null);
  const isCurrency = currency === null || CURRENCY.test(currency);
  const key = named.report === 'transactionItems' ? named.date : named.batchId;
  const isKeyed = named.report === 'transactionItems' ? (named.date === null ? currency !== null : FILE_DATE.test(named.date)) : BATCH_ID.test(named.batchId);
  if (!isPart || !isPrefixed || !isCurrency || !isKeyed) throw new RangeError(`no file name for ${JSON.stringify(named)}`);
  const parts = [report, prefix, currency, key, String(sequence).padStart(3, '0')].filter((part) => part !== null);
  return `${parts.join('_')}.${extension}`;
}

/** @param date `YYYYMMDD` @param sequence 0–999: a long day comes in several files */
export function transactionItemsFileName(date: string, sequence: number): string {
  return reportName({ report: 'transactionItems', date, prefix: null, currency: null, sequence, extension: 'csv' });
}

/** What the usual name of a transaction file says, or nothing if it is not the name of one. */
export function parseTransactionItemsFileName(name: string): { date: string; sequence: number } | undefined {
  const named = parseTransactionItems(name);
  return named === undefined || named.date === null || named.currency !== null || named.extension !== 'csv' ? undefined : { date: named.date, sequence: named.sequence };
}

function parseTransactionItems(name: string): TransactionItemsName | undefined {
  const [, prefix = null, currency = null, date = null, sequence, extension] = TRANSACTION_ITEMS.exec(name) ?? [];
  if (sequence === undefined || (date === null && currency === null)) return undefined;
  return { report: 'transactionItems', date, prefix, currency, sequence: Number(sequence), extension: extensionOf(extension) };
}

function parseSettlement(name: string): SettlementName | undefined {
  const [, report, prefix = null, currency, batchId, sequence, extension] = SETTLEMENT.exec(name) ?? [];
  if (currency === undefined || batchId === undefined || sequence === undefined) return undefined;
  const isItems = report === 'settlementItems';
  return { report: isItems ? 'settlementItems' : 'settlementSummary', prefix, currency, batchId, sequence: Number(sequence), extension: extensionOf(extension) };
}

function parseDashboard(name: string): DashboardName | undefined {
  const [, word = '', id, date, extension] = DASHBOARD.exec(name) ?? [];
  const report = DASHBOARD_REPORTS[word];
  return report === undefined || id === undefined || date === undefined ? undefined : { report, id, date, sequence: 0, extension: extensionOf(extension) };
}

function extensionOf(text: string | undefined): 'csv' | 'xlsx' {
  return text === 'xlsx' ? 'xlsx' : 'csv';
}
