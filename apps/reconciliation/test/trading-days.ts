import { reportColumns, TRANSACTION_ITEMS_COLUMNS } from '@scantill/alipay';
import { money, toMajorText } from '@scantill/kernel';
import type { OutgoingMessage } from '@scantill/testing';
import fc from 'fast-check';
import { paymentFee, refundFee, type ContractTerms } from '../src/core/contract.js';
import { camt053, summaryFile, type Booked } from './batch-files.js';
import { file, refundRow, row, settledName, settledRow, type Columns, type GivenBack, type Sale } from './sales.js';
import type { World } from './world.js';

/** Trading days, and the batches that pay them out on the day after. */
export const DAYS = [{ traded: '2026-11-24', settled: '2026-11-25', batch: '2026112511021040123' }, { traded: '2026-11-25', settled: '2026-11-26', batch: '2026112611021040124' }] as const;
export const TERMS = { feeRate: '0.02', feeFixed: '0.10', feeOnRefund: 'returned', period: { every: 'day', workingDays: 1 } } as const;
const CONTRACT: ContractTerms = {
  ...TERMS, settlementCurrency: 'USD', feeBase: 'after-fx', feeOnCancel: 'returned', minimumSettlement: '0', rateMode: 'locked', holidays: [], tolerance: { amount: '0.02', workingDays: 1 },
};
const BANK_COVERS = '2026-12-08';

/** `none`: as it should be. The others are wrong in Alipay's files, or with us. */
const faults = ['none', 'none', 'none', 'amount', 'missing', 'extra', 'twice', 'twice-otherwise', 'other-day', 'store', 'twice-settled', 'settled-otherwise', 'other-batch', 'fee', 'dear-twice', 'type', 'type-twice'] as const;

export interface Trade {
  readonly minor: number;
  readonly day: 0 | 1;
  readonly isRefunded: boolean;
  readonly fault: (typeof faults)[number];
}

export const trade: fc.Arbitrary<Trade> = fc.record({ minor: fc.integer({ min: 500, max: 99_999 }), day: fc.constantFrom(0, 1), isRefunded: fc.boolean(), fault: fc.constantFrom(...faults) });

export const EVERY_FAULT: Trade[] = [...new Set(faults)].map((fault, index) => ({ minor: 1_000 + 37 * index, day: index % 2 === 0 ? 0 : 1, isRefunded: index % 3 === 0, fault }));

/** A report, cut into as many files as somebody likes; what is not a table of rows is one file. */
export interface Report {
  readonly rows: readonly Columns[];
  readonly name: (part: number) => string;
  readonly content: (rows: readonly Columns[]) => string;
  readonly isCut: boolean;
}

interface Traded {
  readonly trade: Trade;
  readonly sale: Sale;
  readonly refund: GivenBack | undefined;
}

function traded(trades: readonly Trade[]): Traded[] {
  return trades.map((each, index) => {
    const sale = { number: index + 1, minor: BigInt(each.minor), paidAt: `${DAYS[each.day].traded}T10:00:00+08:00` };
    return { trade: each, sale, refund: each.isRefunded ? { ...sale, minor: BigInt(Math.floor(each.minor / 2)), refund: index + 1 } : undefined };
  });
}

/** What we know of the payments of each day. */
export function eventsOf(world: World, trades: readonly Trade[], day: 0 | 1): OutgoingMessage[] {
  const own = traded(trades).filter(({ trade: { day: of, fault } }) => of === day && fault !== 'extra');
  return own.flatMap(({ sale, refund }) => [world.succeeded(sale), ...(refund === undefined ? [] : [world.refunded(refund)])]);
}

/** Everything that Alipay and the bank send: transaction items, settlement items and summary of both days, and a statement. */
export function reportsOf(trades: readonly Trade[]): Report[] {
  const all = traded(trades);
  const settled = ([0, 1] as const).map((day) => all.flatMap((each) => settledRows(each, day)));
  const bookings = settled.map((rows) => net(rows)).flatMap((minor, day): Booked[] => (minor === 0n ? [] : [{ day: '2026-11-30', amount: toMajorText(money('USD', minor)), text: `ALIPAY ${DAYS[day]!.batch}` }]));
  return [
    ...DAYS.map(({ traded: date }, day): Report => ({
      rows: all.flatMap((each) => listedRows(each, day === 0 ? 0 : 1)), isCut: true, content: (rows) => file(rows, TRANSACTION_ITEMS_COLUMNS),
      name: (part) => `transactionItems_${date.replaceAll('-', '')}_${String(part).padStart(3, '0')}.csv`,
    })),
    ...DAYS.flatMap(({ batch, settled: on }, day): Report[] => (settled[day]!.length === 0 ? [] : [
      { rows: settled[day]!, isCut: true, content: (rows) => file(rows, reportColumns.settlementItems.A), name: (part) => settledName(batch, part) },
      { rows: [], isCut: false, content: () => summaryFile(batch, on, summed(settled[day]!)), name: () => settledName(batch).replace('Items', 'Summary') },
    ])),
    { rows: [], isCut: false, content: () => camt053('S-1', BANK_COVERS, bookings), name: () => 'S-1.xml' },
  ];
}

function listedRows({ trade: each, sale, refund }: Traded, day: 0 | 1) {
  const { fault } = each;
  const isOwn = each.day === day;
  const changes = fault === 'type' || fault === 'type-twice' ? { transactionType: 'NEW_TYPE' } : fault === 'store' ? { referenceStoreId: 'S002' } : {};
  const paid = row({ ...sale, minor: fault === 'amount' ? sale.minor + 7n : sale.minor }, changes);
  const otherwise = row({ ...sale, minor: sale.minor - 1n }, { referenceStoreId: 'S002', referenceTransactionId: 'demo_A-999' });
  if (!isOwn) return fault === 'other-day' ? [{ ...paid, paymentTime: `${DAYS[day].traded}T10:00:00+08:00` }] : [];
  if (fault === 'missing') return [];
  return [paid, ...(fault === 'twice' || fault === 'type-twice' ? [paid] : []), ...(fault === 'twice-otherwise' ? [otherwise, paid, { ...paid, referenceStoreId: 'S002' }] : []), ...(refund === undefined ? [] : [refundRow(refund)])];
}

function settledRows(each: Traded, day: 0 | 1): Columns[] {
  const { trade: { fault }, sale, refund } = each;
  const isOwn = each.trade.day === day;
  if (fault === 'missing' || (!isOwn && fault !== 'other-batch')) return [];
  const amount = money('USD', fault === 'amount' ? sale.minor + 7n : sale.minor);
  const { batch, settled } = DAYS[day];
  const of = { settlementBatchId: batch, settlementTime: `${settled}T10:00:00+08:00` };
  const fee = paymentFee(CONTRACT, amount, null)!.minor - (fault === 'fee' || fault === 'dear-twice' ? 5n : 0n);
  const paid = settledRow(row({ ...sale, minor: amount.minor }, fault === 'type-twice' ? { transactionType: 'NEW_TYPE' } : {}), fee, of);
  const otherwise = [settledRow(row({ ...sale, minor: amount.minor + 100n }), fee, of), settledRow(row(sale), fee - 7n, of)];
  const back = refund === undefined || !isOwn ? [] : [settledRow(refundRow(refund), refundFee(CONTRACT, money('USD', sale.minor), money('USD', refund.minor), null)!.minor, of)];
  return [paid, ...(fault === 'twice-settled' || fault === 'dear-twice' || fault === 'type-twice' ? [paid] : []), ...(fault === 'settled-otherwise' ? otherwise : []), ...back];
}

function net(rows: readonly Columns[]): bigint {
  return rows.reduce((sum, each) => sum + BigInt(each['settlementAmountValue'] ?? '0'), 0n);
}

function summed(rows: readonly Columns[]) {
  return [...Map.groupBy(rows, (each) => each['transactionType'] ?? '')].map(([type, own]) => ({ type, count: own.length, net: net(own), fee: own.reduce((sum, each) => sum + BigInt(each['feeAmountValue'] ?? '0'), 0n) }));
}

/** How files come: which rows stand where, cut into which parts, in which order. */
export interface Layout {
  readonly seed: number;
  readonly partsMax: number;
}

export const layout: fc.Arbitrary<Layout> = fc.record({ seed: fc.nat(), partsMax: fc.integer({ min: 1, max: 3 }) });

/** Files as they are sent, each with its name. */
export function filesOf(reports: readonly Report[], { seed, partsMax }: Layout): { readonly name: string; readonly content: string }[] {
  const shuffled = shuffler(seed);
  const cut = reports.flatMap(({ rows, isCut, name, content }) => {
    const parts = isCut ? Math.max(1, Math.min(partsMax, rows.length)) : 1;
    const inOrder = shuffled(rows);
    return Array.from({ length: parts }, (_, part) => ({ name: name(part), content: content(inOrder.filter((_row, index) => index % parts === part)) }));
  });
  return shuffled(cut);
}

/** The same seed gives the same orders. */
export function shuffler(seed: number): <Each>(all: readonly Each[]) => Each[] {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return (all) => all.map((each) => ({ each, at: next() })).sort((one, other) => one.at - other.at).map(({ each }) => each);
}
