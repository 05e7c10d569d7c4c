import { money, type Money } from '@scantill/kernel';
import { inMinor, type Contract } from '../core/contract.js';
import { parseQuote, type Quote } from '../core/quote.js';
import { DIFFERENCES_TABLE, PAGE } from './account-sql.js';
import { joiningWhole, type Bulk } from './bulk.js';
import { toDifference, withRawRows, type Difference, type FoundDifference, type FoundRow } from './day-matching.js';
import type { FileStore } from './file-store.js';
import type { Day } from './file.repository.js';
import { readRawRows } from './raw-rows.js';
import {
  BY_REQUEST, CLOSER, COUNTS, DIFFER, DIFFER_TWICE, FIRST_DAY, LONG_AGO, OTHER_DAYS, OTHER_FILES, REPEATED, SCOPE, SETTLED_KEYS, TWICE_ON_ANOTHER_DAY, TWICE_THAT_DAY, USUAL_PRICES,
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

const NO_FILE = '00000000-0000-0000-0000-000000000000';

/** The one place that joins what Alipay pays out with what was expected. */
export class SettlementMatching {
  constructor(private readonly store: Pick<FileStore, 'pathOf'>) {}

  /** Leaves what is not plainly right in tables that end with the transaction. @returns how many rows there are, and other days of which some are listed there, too */
  async match(bulk: Bulk, { accountId, date }: Day, contracts: readonly Contract[]): Promise<{ lines: number; otherDays: string[] }> {
    const day = [accountId, date];
    await bulk.query(SETTLED_KEYS, day);
    const [first] = await bulk.query<{ day: string }>(FIRST_DAY, [date]);
    const prices = await bulk.query(USUAL_PRICES, day);
    await joiningWhole(bulk, () => bulk.query(SCOPE, [...day, JSON.stringify(contracts.map(toTerms)), first?.day, JSON.stringify(prices)]));
    await bulk.query(LONG_AGO, day);
    await bulk.query(BY_REQUEST, [accountId]);
    await this.findRepeated(bulk, { accountId, date, first: first?.day ?? date });
    await bulk.query(DIFFERENCES_TABLE);
    await bulk.query(DIFFER, day);
    await bulk.query(DIFFER_TWICE, day);
    const [counts] = await bulk.query<{ lines: number }>(COUNTS);
    const others = await bulk.query<{ date: string }>(OTHER_DAYS, [date]);
    return { lines: counts?.lines ?? 0, otherDays: others.map((other) => other.date) };
  }

  private async findRepeated(bulk: Bulk, { accountId, date, first }: { readonly accountId: string; readonly date: string; readonly first: string }): Promise<void> {
    await bulk.query(TWICE_THAT_DAY);
    const others = await bulk.query<{ id: string }>(OTHER_FILES, [accountId, date, first]);
    if (others.length > 0) await bulk.query(TWICE_ON_ANOTHER_DAY, [others.map(({ id }) => id)]);
    await bulk.query('analyze twice');
    await bulk.query(REPEATED, [accountId]);
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

function toTerms(contract: Contract) {
  const { validFrom, validUntil, feeRate, feeFixed, feeBase, feeOnRefund, feeOnCancel, rateMode, tolerance, settlementCurrency } = contract;
  return {
    valid_from: validFrom, valid_until: validUntil, rate: feeRate, fixed: String(inMinor(feeFixed, settlementCurrency)), tolerance: String(inMinor(tolerance.amount, settlementCurrency)),
    on_refund: feeOnRefund, on_cancel: feeOnCancel, is_before_fx: feeBase === 'before-fx', is_locked: rateMode === 'locked',
  };
}

function toSettledMore(row: CloserRow, { date, raw, contracts }: { readonly date: string; readonly raw: string; readonly contracts: readonly Contract[] }): SettledMore {
  const { type, alipayId, requestId, storeId, orderKey, paymentId, eventId } = row;
  const difference = toDifference({
    type, alipayId, requestId, storeId, orderKey, paymentId, eventId, date, copy: 1, ours_currency: null, ours_minor: null, theirs_currency: null, theirs_minor: null, file_id: row.file_id, line: row.line, raw,
  });
  const net = (minor: bigint): Money => money(row.net_currency, minor);
  return {
    difference, type, amount: money(row.currency, row.amount_minor), net: net(row.net_minor), fee: net(row.fee_minor), coupon: net(row.coupon_minor),
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
