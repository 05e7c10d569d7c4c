import { money, type Money } from '@scantill/kernel';
import { addDays } from '../core/calendar.js';
import { inMinor, type Contract } from '../core/contract.js';
import { parseQuote, type Quote } from '../core/quote.js';
import { DIFFERENCES_TABLE, PAGE } from './account-sql.js';
import { joiningWhole, type Bulk } from './bulk.js';
import { toDifference, withRawRows, type Difference, type FoundDifference, type FoundRow } from './day-matching.js';
import { figuresOfDay, type DayFigures } from './file-figures.js';
import type { FileStore } from './file-store.js';
import type { Day } from './file.repository.js';
import { readRawRows } from './raw-rows.js';
import {
  ADD_TWICE_OF_LATE, BY_REQUEST, CLOSER, DAYS_BACK, DAYS_BEFORE, DIFFER, DIFFER_TWICE, FOUND, HASHED_TWICE, HASHED_TWICE_OF_THESE, LONG_AGO, OTHER_DAYS, OTHER_FILES, REPEATED, SCOPE, TWICE_LONG_AGO, TWICE_OF_LATE, TWICE_TABLE, TWICE_THAT_DAY, USUAL_PRICES,
} from './settlement-sql.js';

/** A settled row whose principal is right, and whose fee, rate or net amount wants an exact look. */
export interface SettledMore {
  readonly difference: Omit<Difference, 'ours' | 'theirs'>;
  readonly type: string;
  readonly amount: Money;
  readonly net: Money;
  readonly fee: Money;
  readonly coupon: Money;
  readonly quote: Quote | null;
  /** At the price that the other rows of its day have. */
  readonly usualQuote: Quote | null;
  /** What its own figures come to, where that is not the net amount. */
  readonly expectedNet: Money | null;
  readonly netFault: 'NetDiffers' | 'QuoteMissing' | 'QuoteOfOthers' | 'FeeCurrencyDiffers' | null;
  readonly paid: Money | null;
  readonly contract: Contract | undefined;
}

interface CloserRow {
  readonly subject: string | null;
  readonly file_id: string;
  readonly line: number;
  readonly at: bigint | null;
  readonly raw: string | null;
  readonly sha256: string;
  readonly type: string;
  readonly alipayId: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly net_currency: string;
  readonly net_minor: bigint;
  readonly fee_minor: bigint;
  readonly coupon_minor: bigint;
  readonly quote_pair: string | null;
  readonly quote_price: string | null;
  readonly usual_price: string | null;
  readonly expected_net_minor: bigint | null;
  readonly net_fault: SettledMore['netFault'];
  readonly requestId: string | null;
  readonly expectedDate: string | null;
  readonly storeId: string | null;
  readonly orderKey: string | null;
  readonly paymentId: string | null;
  readonly eventId: string | null;
  readonly paid_currency: string | null;
  readonly paid_minor: bigint | null;
}

/** It matters which price is the usual one where a rate is locked, and where there are prices. */
const NO_PRICES = '{}';
const NO_FILE = '00000000-0000-0000-0000-000000000000';

/** The one place that joins what Alipay pays out with what was expected. */
export class SettlementMatching {
  constructor(private readonly store: Pick<FileStore, 'pathOf'>) {}

  /** Leaves what is not plainly right in tables that end with the transaction. @returns how many rows there are and what they come to, and other days of which some are listed there, too */
  async match(bulk: Bulk, { accountId, date }: Day, { contracts, maybeTwice }: { readonly contracts: readonly Contract[]; readonly maybeTwice: readonly string[] | null }): Promise<{ lines: number; linesSum: string; otherDays: string[] }> {
    const day = [accountId, date] as const;
    const figures = await figuresOfDay(bulk, { accountId, date }, 'settlement-items');
    const first = firstListed(figures, date);
    const lines = figures.orders + figures.unknown;
    const prices = figures.isQuoted && contracts.some(({ rateMode }) => rateMode === 'locked') ? (await bulk.query<{ prices: string }>(USUAL_PRICES, day))[0]?.prices : undefined;
    const { listed, sincePlace } = listedTerms(contracts, first);
    await joiningWhole(bulk, () => bulk.query(FOUND, [...day, ...listed, first, prices ?? NO_PRICES, sincePlace]), lines);
    await bulk.query('analyze settled_found');
    await bulk.query(SCOPE, [...day, prices ?? NO_PRICES]);
    await bulk.query(LONG_AGO, day);
    await bulk.query(BY_REQUEST, [accountId]);
    await this.findHashedTwice(bulk, day, figures.files === 1 ? maybeTwice : null);
    await this.findRepeated(bulk, day, { lines, first });
    await bulk.query(DIFFERENCES_TABLE);
    await bulk.query(DIFFER, day);
    await bulk.query(DIFFER_TWICE, day);
    const others = await bulk.query<{ date: string }>(OTHER_DAYS, [date]);
    return { lines, linesSum: figures.sum, otherDays: others.map((other) => other.date) };
  }

  /** @param maybeTwice where there is but one file; of two, one may list what the other one does */
  private async findHashedTwice(bulk: Bulk, day: readonly [accountId: string, date: string], maybeTwice: readonly string[] | null): Promise<void> {
    if (maybeTwice !== null) return void await bulk.query(HASHED_TWICE_OF_THESE, [...day, maybeTwice]);
    await bulk.query('set local enable_hashagg = off');
    await bulk.query(HASHED_TWICE, day);
    await bulk.query('set local enable_hashagg = on');
  }

  private async findRepeated(bulk: Bulk, day: readonly [accountId: string, date: string], { lines, first }: { readonly lines: number; readonly first: string }): Promise<void> {
    await bulk.query(TWICE_TABLE);
    await bulk.query('analyze hashed_twice');
    const [hashed] = await bulk.query<{ any: boolean }>('select exists (select from hashed_twice) as any');
    if (hashed?.any === true) await joiningWhole(bulk, () => bulk.query(TWICE_THAT_DAY, day));
    const others = (await bulk.query<{ id: string }>(OTHER_FILES, [...day, first])).map(({ id }) => id);
    if (others.length > 0) {
      await joiningWhole(bulk, () => bulk.query(TWICE_OF_LATE, [...day, others]), lines);
      await bulk.query(ADD_TWICE_OF_LATE);
      await bulk.query(TWICE_LONG_AGO, [...day, others]);
    }
    await bulk.query('analyze twice');
    await bulk.query(REPEATED, [day[0]]);
  }

  async *differences(bulk: Bulk): AsyncGenerator<(Omit<FoundDifference, 'causedByLine'> & { readonly causedBy: string | null })[]> {
    for (let after = 0; ;) {
      const page = await bulk.query<FoundRow>(PAGE, [after]);
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.position;
      const found = await withRawRows(page.map((row) => ({ ...row, cause: null })), this.store);
      yield found.map(({ causedByLine: _, ...each }, index) => ({ ...each, causedBy: page[index]?.cause ?? null }));
    }
  }

  async *closer(bulk: Bulk, date: string, contracts: readonly Contract[]): AsyncGenerator<SettledMore[]> {
    for (let [file, line] = [NO_FILE, 0]; ;) {
      const page = await bulk.query<CloserRow>(CLOSER, [file, line]);
      const last = page.at(-1);
      if (last === undefined) return;
      [file, line] = [last.file_id, last.line];
      const raw = await readRawRows(page.map(({ sha256, at, raw: kept }) => ({ path: this.store.pathOf(sha256), at: at === null ? null : Number(at), raw: kept })));
      yield page.map((row, index) => toSettledMore(row, { date, raw: raw[index] ?? '', contracts }));
    }
  }
}

/** The first day of which something may be listed. */
function firstListed({ paidSince, isDated }: DayFigures, date: string): string {
  const longAgo = addDays(date, -DAYS_BACK);
  const isKnown = paidSince !== null && (isDated || paidSince < longAgo);
  return addDays(isKnown ? paidSince : longAgo, -DAYS_BEFORE);
}

/**
 * The days from which terms hold, and a list of each term, as the statement takes them. After a contract that ends come terms that are null, until the next begins.
 * `sincePlace`: where the terms of all days since `first` stand, counted from 1; null where they are not the same.
 */
function listedTerms(contracts: readonly Contract[], first: string): { readonly listed: unknown[][]; readonly sincePlace: number | null } {
  const inOrder = [...contracts].sort((one, other) => (one.validFrom < other.validFrom ? -1 : 1));
  const periods = inOrder.flatMap((contract, index) => {
    const { validFrom, validUntil } = contract;
    const after = validUntil === null ? null : addDays(validUntil, 1);
    const isFollowed = after === null || after === inOrder[index + 1]?.validFrom;
    return [{ from: validFrom, contract }, ...(isFollowed ? [] : [{ from: after, contract: null }])];
  });
  const terms = (termOf: (contract: Contract) => unknown) => periods.map(({ contract }) => (contract === null ? null : termOf(contract)));
  const minor = (amount: Contract['feeFixed'], { settlementCurrency }: Contract): string => String(inMinor(amount, settlementCurrency));
  const listed = [
    periods.map(({ from }) => from), terms(({ feeRate }) => feeRate), terms((contract) => minor(contract.feeFixed, contract)), terms((contract) => minor(contract.tolerance.amount, contract)),
    terms(({ feeOnRefund }) => feeOnRefund), terms(({ feeOnCancel }) => feeOnCancel), terms(({ feeBase }) => feeBase === 'before-fx'), terms(({ rateMode }) => rateMode === 'locked'),
  ];
  const latest = periods.at(-1)?.from;
  return { listed, sincePlace: latest !== undefined && latest !== null && latest <= first ? periods.length : null };
}

function toSettledMore(row: CloserRow, { date, raw, contracts }: { readonly date: string; readonly raw: string; readonly contracts: readonly Contract[] }): SettledMore {
  const { type, alipayId, requestId, storeId, orderKey, paymentId, eventId } = row;
  const difference = toDifference({
    type, alipayId, requestId, storeId, orderKey, paymentId, eventId, date, copy: 1, ours_currency: null, ours_minor: null, theirs_currency: null, theirs_minor: null, file_id: row.file_id, line: row.line, raw,
  });
  const net = (minor: bigint): Money => money(row.net_currency, minor);
  return {
    difference: { ...difference, subject: row.subject }, type, amount: money(row.currency, row.amount_minor), net: net(row.net_minor), fee: net(row.fee_minor), coupon: net(row.coupon_minor),
    quote: quoteOf(row.quote_pair, row.quote_price), usualQuote: quoteOf(row.quote_pair, row.usual_price),
    expectedNet: row.expected_net_minor === null ? null : net(row.expected_net_minor), netFault: row.net_fault,
    paid: row.paid_currency === null || row.paid_minor === null ? null : money(row.paid_currency, row.paid_minor),
    contract: row.expectedDate === null ? undefined : contracts.find(({ validFrom, validUntil }) => validFrom <= row.expectedDate! && (validUntil === null || row.expectedDate! <= validUntil)),
  };
}

function quoteOf(pair: string | null, price: string | null): Quote | null {
  if (pair === null || price === null) return null;
  const quote = parseQuote(pair, price);
  return quote.ok ? quote.value : null;
}
