import { absolute, minorDigits, type Currency, type Money } from '@scantill/kernel';
import { addWorkingDays, endOfMonth, endOfWeek } from './calendar.js';
import { decimal, divideHalfEven, powerOfTen } from './decimal.js';
import { exchange } from './quote.js';

/** How often Alipay pays out, and how many working days after the trading window has closed (its settlement rules: T+N, W+N, M+N). */
export interface SettlementPeriod {
  readonly every: 'day' | 'week' | 'month';
  readonly workingDays: number;
}

/** What an account agreed with Alipay, for a time. Prices are decimal text; amounts are in the major unit of the settlement currency. */
export interface ContractTerms {
  readonly settlementCurrency: Currency;
  /** A fraction of the amount: `0.0125` is 1.25 %. */
  readonly feeRate: string;
  /** For each payment, in the settlement currency. */
  readonly feeFixed: string;
  /** The rate applies to the amount in its own currency and the fee is converted, or to what the amount was converted to. */
  readonly feeBase: 'before-fx' | 'after-fx';
  /** `returned`: the share of the whole fee; `proportional`: the share of the rate part, the fixed part stays; `kept`: nothing. */
  readonly feeOnRefund: 'returned' | 'proportional' | 'kept';
  readonly feeOnCancel: 'returned' | 'kept';
  /** Less accumulates until a later pay-out. */
  readonly minimumSettlement: string;
  /** An unlocked rate is that of the day after; it is only checked for arithmetic. */
  readonly rateMode: 'locked' | 'unlocked';
  readonly period: SettlementPeriod;
  /** Days on which nothing is paid out, besides Saturdays and Sundays. */
  readonly holidays: readonly string[];
  /** What two computations of a fee or a conversion may be apart, and how many working days a pay-out may be late, before it is a break. */
  readonly tolerance: { readonly amount: string; readonly workingDays: number };
}

export interface Contract extends ContractTerms {
  readonly accountId: string;
  /** First and last day in UTC+8; open-ended where null. */
  readonly validFrom: string;
  readonly validUntil: string | null;
}

/** As in Alipay's files: the price of one unit of `base` in `quoted`; base stands left in the pair. */
export interface Quote {
  readonly base: Currency;
  readonly quoted: Currency;
  readonly price: string;
}

export function contractOn<Each extends Pick<Contract, 'accountId' | 'validFrom' | 'validUntil'>>(contracts: readonly Each[], accountId: string, date: string): Each | undefined {
  return contracts.find((each) => each.accountId === accountId && each.validFrom <= date && (each.validUntil === null || date <= each.validUntil));
}

/** Rounded half-even to the smallest unit of `to`. Undefined where the quote is not about these two currencies. */
export function convert(amount: Money, to: Currency, quote: Quote | null): Money | undefined {
  if (amount.currency === to) return amount;
  if (quote === null) return undefined;
  const price = decimal(quote.price);
  return price.digits === 0n ? undefined : exchange(amount, to, { left: quote.base, right: quote.quoted, ...price });
}

/**
 * The fee column that we expect beside a payment, in the settlement currency, signed as in Alipay's files: what we pay is negative.
 * Undefined while the rate is not known.
 */
export function paymentFee(terms: ContractTerms, paid: Money, quote: Quote | null): Money | undefined {
  const part = ratePart(terms, paid, quote);
  return part === undefined ? undefined : { currency: part.currency, minor: -(part.minor + inMinor(terms.feeFixed, terms.settlementCurrency)) };
}

/** The fee column beside a refund; what comes back to us is positive. `refunded` may have either sign. */
export function refundFee(terms: ContractTerms, paid: Money, refunded: Money, quote: Quote | null): Money | undefined {
  const currency = terms.settlementCurrency;
  if (terms.feeOnRefund === 'kept') return { currency, minor: 0n };
  if (terms.feeOnRefund === 'proportional') return ratePart(terms, absolute(refunded), quote);
  const whole = paymentFee(terms, paid, quote);
  return whole === undefined ? undefined : { currency, minor: divideHalfEven(-whole.minor * absolute(refunded).minor, paid.minor) };
}

/** The fee column beside the cancel of a payment. */
export function cancelFee(terms: ContractTerms, paid: Money, quote: Quote | null): Money | undefined {
  if (terms.feeOnCancel === 'kept') return { currency: terms.settlementCurrency, minor: 0n };
  const fee = paymentFee(terms, paid, quote);
  return fee === undefined ? undefined : absolute(fee);
}

function ratePart({ feeRate, feeBase, settlementCurrency }: ContractTerms, amount: Money, quote: Quote | null): Money | undefined {
  const { digits, scale } = decimal(feeRate);
  const share = (of: Money): Money => ({ currency: of.currency, minor: divideHalfEven(of.minor * digits, powerOfTen(scale)) });
  if (feeBase === 'before-fx') return convert(share(amount), settlementCurrency, quote);
  const converted = convert(amount, settlementCurrency, quote);
  return converted === undefined ? undefined : share(converted);
}

/** A price in the major unit as whole smallest units, rounded half-even. */
export function inMinor(price: string, currency: Currency): bigint {
  const { digits, scale } = decimal(price);
  return divideHalfEven(digits * powerOfTen(minorDigits(currency)), powerOfTen(scale));
}

/** On which day a business day (UTC+8) is paid out, unless its batch is below the minimum. */
export function payoutOn({ period, holidays }: ContractTerms, businessDate: string): string {
  const windowEnds = { day: businessDate, week: endOfWeek(businessDate), month: endOfMonth(businessDate) }[period.every];
  return addWorkingDays(windowEnds, period.workingDays, new Set(holidays));
}

/** The first day on which a payment that is not in a pay-out is late. */
export function lateOn(terms: ContractTerms, businessDate: string): string {
  return addWorkingDays(payoutOn(terms, businessDate), terms.tolerance.workingDays + 1, new Set(terms.holidays));
}

/** Whether there is a day on which both are valid. */
export function overlaps(a: Pick<Contract, 'validFrom' | 'validUntil'>, b: Pick<Contract, 'validFrom' | 'validUntil'>): boolean {
  return (a.validUntil === null || b.validFrom <= a.validUntil) && (b.validUntil === null || a.validFrom <= b.validUntil);
}
