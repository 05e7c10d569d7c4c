import { hasEnded, isOver, ORDER_ENDS, type LedgerEntry, type OrderBooks, type PaymentEntry } from './books.ts';

/**
 * lost: money or an order that somebody has forgotten. double: something that happened or was told twice. disagree: two books
 * that say different things about the same order.
 */
export type FindingKind = 'lost' | 'double' | 'disagree';

export interface Finding {
  readonly kind: FindingKind;
  readonly what: string;
}

export interface Moment {
  readonly nowMs: number;
  /** The system was given time to finish what it had begun, so what is still in its hands is stuck. */
  readonly isSettled: boolean;
}

/** An order past its deadline is closed at Alipay first, which takes a few calls. */
const DEADLINE_GRACE_MS = 60_000;

type Rule = (books: OrderBooks, moment: Moment) => Finding[];

const lost = (what: string): Finding => ({ kind: 'lost', what });
const double = (what: string): Finding => ({ kind: 'double', what });
const disagree = (what: string): Finding => ({ kind: 'disagree', what });

/** Everything that is wrong with one order. */
export function compare(books: OrderBooks, moment: Moment): Finding[] {
  return rules.flatMap((rule) => rule(books, moment));
}

const orderMustEnd: Rule = ({ order }, { nowMs, isSettled }) => {
  if (order === undefined || hasEnded(order)) return [];
  if (nowMs > order.deadlineAtMs + DEADLINE_GRACE_MS) return [lost(`its deadline has passed and it is still ${order.status}`)];
  // A code that nobody pays, or a closed one, may wait for people until the deadline; these two wait for us alone.
  const isOurs = order.status === 'awaiting-code' || order.status === 'cancelling';
  return isSettled && isOurs ? [lost(`it is still ${order.status}`)] : [];
};

const storeMustBeTold: Rule = ({ order, told }) => {
  if (order === undefined) return told.size === 0 ? [] : [disagree(`its store was told ${[...told.keys()].join(', ')}, but order does not know it`)];
  return ORDER_ENDS.flatMap((end) => {
    const times = told.get(`order.${end}`) ?? 0;
    if (order.status !== end) return times === 0 ? [] : [disagree(`its store was told that it is ${end}, but it is ${order.status}`)];
    if (times === 0) return [lost(`it ended ${end} and its store was never told`)];
    return times === 1 ? [] : [double(`its store was told ${times} times that it is ${end}`)];
  });
};

const alipayMustBeKnown: Rule = ({ payments, ledger }) => {
  const atAlipay = new Set(ledger.map(({ paymentId }) => paymentId));
  const unknownThere = payments.filter(({ id, status }) => !atAlipay.has(id) && (status === 'code-issued' || status === 'succeeded'));
  return [
    ...ledger.flatMap((entry) => compareWithAlipay(entry, payments.find(({ id }) => id === entry.paymentId))),
    ...unknownThere.map(({ id, status }) => disagree(`payment ${id} is ${status} at the gateway, and Alipay does not know it`)),
  ];
};

function compareWithAlipay(entry: LedgerEntry, ours: PaymentEntry | undefined): Finding[] {
  const { paymentId, status, amount, isHeld } = entry;
  if (ours === undefined) return [isHeld ? lost(`payment ${paymentId} is paid at Alipay, and the gateway does not know it`) : disagree(`payment ${paymentId} is ${status} at Alipay, and the gateway does not know it`)];
  const findings: Finding[] = [];
  if (amount !== ours.amount) findings.push(disagree(`payment ${paymentId} is ${amount} at Alipay and ${ours.amount} at the gateway`));
  if (isHeld && ours.status !== 'succeeded' && !ours.hasAttention) findings.push(lost(`payment ${paymentId} is paid at Alipay and ${ours.status} at the gateway`));
  if (ours.status === 'succeeded' && status !== 'SUCCESS') findings.push(disagree(`payment ${paymentId} is ${status} at Alipay and succeeded at the gateway`));
  if (status === 'PROCESSING' && isOver(ours) && ours.status !== 'succeeded') findings.push(disagree(`payment ${paymentId} can still be paid at Alipay, and is ${ours.status} at the gateway`));
  return findings;
}

const orderMustFollowItsPayments: Rule = ({ order, payments, ledger }) => {
  if (order === undefined) {
    if (payments.length + ledger.length === 0) return [];
    const isPaid = ledger.some(({ isHeld }) => isHeld) || payments.some(({ status }) => status === 'succeeded');
    return [isPaid ? lost('it is paid, and order does not know it') : disagree('it has a payment, and order does not know it')];
  }
  const findings = payments.filter(({ amount }) => amount !== order.amount).map(({ id, amount }) => disagree(`it is ${order.amount}, its payment ${id} is ${amount}`));
  const succeeded = payments.filter(({ status }) => status === 'succeeded');
  if (order.status === 'paid' && succeeded.length === 0) findings.push(disagree('it is paid, and no payment of it succeeded'));
  if (order.status !== 'paid' && succeeded.length > 0 && !order.hasAttention) findings.push(lost(`its payment ${succeeded[0]?.id} succeeded and it is ${order.status}`));
  const open = payments.filter((payment) => !isOver(payment));
  if (hasEnded(order) && open.length > 0) findings.push(disagree(`it is ${order.status}, and its payment ${open[0]?.id} is ${open[0]?.status}`));
  return findings;
};

const moneyMustComeOnce: Rule = ({ payments, ledger }) => {
  const succeeded = payments.filter(({ status }) => status === 'succeeded').length;
  const flagged = new Set(payments.filter(({ status, hasAttention }) => status !== 'succeeded' && hasAttention).map(({ id }) => id));
  const held = ledger.filter(({ paymentId, isHeld }) => isHeld && !flagged.has(paymentId)).length;
  return Math.max(succeeded, held) > 1 ? [double(`${Math.max(succeeded, held)} payments of it were paid`)] : [];
};

const booksMustExpect: Rule = ({ payments, expectations }) => {
  const succeeded = payments.filter(({ status }) => status === 'succeeded');
  const unfounded = expectations.filter(({ paymentId }) => !payments.some(({ id, status, hasAttention }) => id === paymentId && (status === 'succeeded' || status === 'cancelled' || hasAttention)));
  return [
    ...succeeded.flatMap(({ id, amount }) => {
      const own = expectations.filter(({ paymentId }) => paymentId === id);
      if (own.length === 0) return [lost(`payment ${id} succeeded, and reconciliation does not expect it`)];
      if (own.length > 1) return [double(`reconciliation expects payment ${id} ${own.length} times`)];
      return own[0]?.amount === amount ? [] : [disagree(`payment ${id} is ${amount}, reconciliation expects ${own[0]?.amount}`)];
    }),
    ...unfounded.map(({ paymentId }) => disagree(`reconciliation expects payment ${paymentId}, which did not succeed`)),
  ];
};

const rules: readonly Rule[] = [orderMustEnd, storeMustBeTold, alipayMustBeKnown, orderMustFollowItsPayments, moneyMustComeOnce, booksMustExpect];
