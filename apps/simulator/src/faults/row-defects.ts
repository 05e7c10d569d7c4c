import type { TransactionItem } from '@scantill/alipay';
import type { SettlementContract } from '../alipay/file-settings.js';
import { settle, type FileItem } from '../alipay/settled-item.js';
import { wrongPrice } from '../quote.js';
import type { DefectKind } from './file-defect.js';

export type RowDefectKind = Exclude<DefectKind, 'truncated' | 'parts-gap' | 'total-wrong' | 'summary-wrong'>;

interface RowDefect {
  /** Whether it can happen to a row at all. */
  readonly fits: (item: FileItem) => boolean;
  /** The rows that are written instead of this one. */
  readonly strike: (item: FileItem, contract: SettlementContract) => readonly FileItem[];
}

/** Beyond any tolerance that a contract may name. */
const WRONG_MINOR = 100n;
const NOBODYS_STORE = 'S999';

const anyRow = ({ status }: FileItem) => status === 'SUCCESS';
const isOf = (type: string) => (item: FileItem) => anyRow(item) && item.row.transactionType === type;
const isPayment = isOf('PAYMENT');

/** Everything else in the row stays true, so that a check can find nothing but the defect. */
export const rowDefects: Readonly<Record<RowDefectKind, RowDefect>> = {
  'row-missing': { fits: anyRow, strike: () => [] },
  'row-extra': { fits: isPayment, strike: (item) => [item, { ...item, row: { ...item.row, ...strangeIds(item.row) } }] },
  'row-duplicated': { fits: anyRow, strike: (item) => [item, item] },
  'amount-wrong': { fits: isPayment, strike: (item, contract) => [changed(item, { transactionAmountValue: String(BigInt(item.row.transactionAmountValue) + WRONG_MINOR) }, contract)] },
  'currency-wrong': { fits: isPayment, strike: (item, contract) => [changed(item, { transactionCurrency: item.row.transactionCurrency === 'EUR' ? 'USD' : 'EUR' }, contract)] },
  'store-wrong': { fits: isPayment, strike: (item) => [{ ...item, row: { ...item.row, referenceStoreId: NOBODYS_STORE } }] },
  'type-unknown': { fits: isPayment, strike: (item) => [{ ...item, row: { ...item.row, transactionType: 'LUCKY_DRAW' } }] },
  'refund-reversal': { fits: isOf('REFUND'), strike: (item, contract) => [item, reversalOf(item, contract)] },
  'fee-wrong': { fits: (item) => isPayment(item) && item.settlement !== undefined, strike: (item) => [settledOtherwise(item, ({ fee, net }) => ({ fee: less(fee), net: less(net) }))] },
  'net-wrong': { fits: (item) => isPayment(item) && item.settlement !== undefined, strike: (item) => [settledOtherwise(item, ({ net }) => ({ net: less(net) }))] },
  'rate-wrong': { fits: (item) => isPayment(item) && item.settlement?.quote !== undefined, strike: (item, contract) => [changed(item, {}, contract, wrongPrice)] },
};

export function isRowDefect(kind: DefectKind): kind is RowDefectKind {
  return Object.hasOwn(rowDefects, kind);
}

/** What is paid out follows the change. */
function changed(item: FileItem, changes: Partial<TransactionItem>, contract: SettlementContract, priceOf: (price: string) => string = (price) => price): FileItem {
  const row = { ...item.row, ...changes };
  const { settlement } = item;
  if (settlement === undefined) return { ...item, row };
  // Another currency has another price.
  const price = changes.transactionCurrency === undefined && settlement.quote ? priceOf(settlement.quote.price) : undefined;
  return { ...item, row, settlement: settle(row, settlement.currency, contract, price) };
}

function settledOtherwise(item: FileItem, change: (settlement: NonNullable<FileItem['settlement']>) => Partial<NonNullable<FileItem['settlement']>>): FileItem {
  return item.settlement === undefined ? item : { ...item, settlement: { ...item.settlement, ...change(item.settlement) } };
}

function less<M extends { readonly minor: bigint }>(amount: M): M {
  return { ...amount, minor: amount.minor - WRONG_MINOR };
}

/** The money of a refund comes back to the merchant, under an id of Alipay's own. */
function reversalOf(item: FileItem, contract: SettlementContract): FileItem {
  const { row } = item;
  const amount = row.transactionAmountValue.replace(/^-/, '');
  return changed(item, { transactionType: 'REFUND_REVERSAL', transactionId: strangeIds(row).transactionId, transactionAmountValue: amount }, contract);
}

/** Ids that nobody gave: the two digits after the date are Alipay's own kind of id, which is never 99. */
function strangeIds({ transactionId, transactionRequestId }: TransactionItem): Pick<TransactionItem, 'transactionId' | 'transactionRequestId' | 'referenceTransactionId'> {
  return { transactionId: `${transactionId.slice(0, 8)}99${transactionId.slice(10)}`, transactionRequestId: `extra_${transactionRequestId}`.slice(0, 64), referenceTransactionId: '' };
}
