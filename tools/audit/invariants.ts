import type { Currency } from '@scantill/kernel';
import { heldAtAlipay, isOpenRefund, isOver, isPaid, sumOf, textOf, type Books, type LedgerEntry, type OrderBooks, type PaymentEntry } from './books.ts';
import { isKnown, type Moment } from './finding.ts';

/** What must hold over all orders, whatever happened. */
export interface Invariant {
  readonly name: string;
  readonly holds: boolean;
  /** The first ones. */
  readonly findings: readonly string[];
}

const FINDINGS_MAX = 20;

type Check = (books: OrderBooks, moment: Moment) => string[];

/** A code that is still paid out when the next one is issued could be paid as well. */
const oneLiveCode: Check = ({ payments, ledger }) => {
  const live = payments.filter((payment) => !isOver(payment));
  const codes = [...ledger].sort((a, b) => a.issuedAtMs - b.issuedAtMs);
  const overlapping = codes.filter((code, at) => codes.slice(0, at).some((before) => isLiveAt(before, code.issuedAtMs)));
  return [
    ...(live.length > 1 ? [`${live.length} payments of it are open at the gateway`] : []),
    ...overlapping.map(({ paymentId }) => `the code of ${paymentId} was issued while another one of the order could be paid`),
  ];
};

function isLiveAt({ status, closedAtMs }: LedgerEntry, atMs: number): boolean {
  return status === 'PROCESSING' || (closedAtMs !== undefined && closedAtMs > atMs);
}

const refundsWithinPaid: Check = ({ order, payments, refunds, ledger, expectations }) => {
  const findings: string[] = [];
  const check = (book: string, given: bigint, paid: bigint) => {
    if (given > paid) findings.push(`${book} has ${given} as given back of ${paid}`);
  };
  if (order !== undefined) check('order', order.refunded.minor + order.refunding.minor, isPaid(order) ? order.amount.minor : 0n);
  for (const { id, amount, refunded, refunding } of payments) {
    const own = refunds.filter((refund) => refund.paymentId === id && (refund.status === 'succeeded' || isOpenRefund(refund)));
    check(`the gateway (payment ${id})`, refunded.minor + refunding.minor, amount.minor);
    check(`the gateway (refunds of ${id})`, sumOf(own.map((refund) => refund.amount)), amount.minor);
    const expected = expectations.filter(({ paymentId }) => paymentId === id);
    check(`reconciliation (payment ${id})`, -sumOf(expected.filter(({ type }) => type !== 'PAYMENT').map((each) => each.amount)), sumOf(expected.filter(({ type }) => type === 'PAYMENT').map((each) => each.amount)));
  }
  for (const entry of ledger) {
    const bounced = new Set(refunds.filter(({ status }) => status === 'reversed').map(({ id }) => id));
    const given = entry.refunds.filter(({ id, status }) => status !== 'FAIL' && !bounced.has(id));
    check(`Alipay (payment ${entry.paymentId})`, sumOf(given.map(({ amount }) => amount)), entry.wasPaid ? entry.amount.minor : 0n);
  }
  return findings;
};

/** Minor units, of one order; refunds under way may already be given back at Alipay. */
interface Held {
  readonly alipay: bigint;
  readonly gateway: bigint;
  readonly order: bigint;
  readonly underWay: bigint;
}

/** Without late money that waits for a person, or is on its way back: it is at Alipay, and nobody here counts on it. */
function heldOf({ order, payments, refunds, ledger }: OrderBooks, moment: Moment): Held {
  const isCounted = ({ paymentId }: LedgerEntry) => !payments.some((payment) => payment.id === paymentId && payment.status !== 'succeeded' && isKnown(payment, moment));
  const succeeded = payments.filter(({ status }) => status === 'succeeded');
  return {
    alipay: ledger.filter(isCounted).reduce((sum, entry) => sum + heldAtAlipay(entry, refunds), 0n),
    gateway: sumOf(succeeded.map(({ amount }) => amount)) - sumOf(succeeded.map(({ refunded }) => refunded)),
    order: order !== undefined && isPaid(order) ? order.amount.minor - order.refunded.minor : 0n,
    underWay: sumOf(refunds.filter(isOpenRefund).map(({ amount }) => amount)),
  };
}

const weHoldWhatAlipayHolds: Check = (books, moment) => {
  const { alipay, gateway, order, underWay } = heldOf(books, moment);
  const findings: string[] = [];
  if (alipay > gateway || alipay < gateway - underWay) findings.push(`Alipay holds ${alipay}, the gateway ${gateway}`);
  if (order !== gateway && books.order?.hasAttention !== true) findings.push(`order holds ${order}, the gateway ${gateway}`);
  return findings;
};

const everySuccessEnds: Check = ({ order, payments, refunds, ledger }, moment) =>
  ledger.filter((entry) => heldAtAlipay(entry, refunds) > 0n).flatMap(({ paymentId, amount }) => {
    const ours = payments.find(({ id }) => id === paymentId);
    const hasEnd = ours !== undefined && (isSold(ours, order) || order?.hasAttention === true || isKnown(ours, moment));
    return hasEnd ? [] : [`${textOf(amount)} of payment ${paymentId} is at Alipay, and is neither paid nor given back nor waits for a person`];
  });

function isSold({ status }: PaymentEntry, order: OrderBooks['order']): boolean {
  return status === 'succeeded' && isPaid(order);
}

const toldAlike: Check = ({ told }) => told.filter(({ contents }) => contents > 1).map(({ type, refundKey, contents }) => `its store was told ${type}${refundKey === null ? '' : ` of ${refundKey}`} in ${contents} ways`);

const checks: readonly (readonly [name: string, check: Check])[] = [
  ['no order has two live codes', oneLiveCode],
  ['refunds never exceed what was paid, in any book', refundsWithinPaid],
  ['what Alipay holds as paid and not given back is what we hold, order by order', weHoldWhatAlipayHolds],
  ['every success that Alipay knows is paid, given back, or waits for a person', everySuccessEnds],
  ['nothing is told twice with different content', toldAlike],
];

/** The invariants of the payment life, each by its name. */
export function invariantsOf(books: Books, moment: Moment): Invariant[] {
  const byOrder = checks.map(([name, check]) => {
    const findings: string[] = [];
    for (const [orderKey, each] of books) findings.push(...check(each, moment).map((what) => `${orderKey}: ${what}`));
    return invariant(name, findings);
  });
  return [...byOrder, invariant('what Alipay holds as paid and not given back is what we hold, in every currency', totalsThatDiffer(books, moment))];
}

function invariant(name: string, findings: readonly string[]): Invariant {
  return { name, holds: findings.length === 0, findings: findings.slice(0, FINDINGS_MAX) };
}

function totalsThatDiffer(books: Books, moment: Moment): string[] {
  const totals = new Map<Currency, { alipay: bigint; ours: bigint; underWay: bigint }>();
  for (const [, each] of books) {
    const currency = (each.order ?? each.payments[0] ?? each.ledger[0])?.amount.currency;
    if (currency === undefined) continue;
    const total = totals.get(currency) ?? { alipay: 0n, ours: 0n, underWay: 0n };
    const { alipay, gateway, underWay } = heldOf(each, moment);
    totals.set(currency, { alipay: total.alipay + alipay, ours: total.ours + gateway, underWay: total.underWay + underWay });
  }
  return [...totals].filter(([, { alipay, ours, underWay }]) => alipay > ours || alipay < ours - underWay).map(([currency, { alipay, ours }]) => `${currency}: Alipay holds ${alipay}, we hold ${ours}`);
}
