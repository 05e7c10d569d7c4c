import { sameMoney } from '@scantill/kernel';
import { heldAtAlipay, hasEnded, isOver, isPaid, textOf, type LedgerEntry, type OrderBooks } from './books.ts';
import { refundRules } from './compare-refunds.ts';
import { disagree, double, isKnown, lost, type Finding, type Moment, type Rule } from './finding.ts';

/** An order past its deadline is closed at Alipay first, which takes a few calls. */
const DEADLINE_GRACE_MS = 60_000;

/** Everything that is wrong with one order. */
export function compare(books: OrderBooks, moment: Moment): Finding[] {
  return rules.flatMap((rule) => rule(books, moment));
}

/** Somebody was told, so it is known, and nothing goes on before that person has decided. */
function waitsForPerson({ order, payments }: OrderBooks): boolean {
  return order?.hasAttention === true && payments.some((payment) => payment.hasAttention && !isOver(payment));
}

const orderMustEnd: Rule = (books, { nowMs, isSettled }) => {
  const { order } = books;
  if (order === undefined || hasEnded(order) || waitsForPerson(books)) return [];
  if (nowMs > order.deadlineAtMs + DEADLINE_GRACE_MS) return [lost(`its deadline has passed and it is still ${order.status}`)];
  // A code that nobody pays, or a closed one, may wait for people until the deadline; these two wait for us alone.
  const isOurs = order.status === 'awaiting-code' || order.status === 'cancelling';
  return isSettled && isOurs ? [lost(`it is still ${order.status}`)] : [];
};

const storeMustBeTold: Rule = ({ order, told }) => {
  if (order === undefined) return told.length === 0 ? [] : [disagree(`its store was told ${told.map(({ type }) => type).join(', ')}, but order does not know it`)];
  return (['paid', 'expired', 'cancelled', 'failed'] as const).flatMap((end) => {
    const [said] = told.filter(({ type }) => type === `order.${end}`);
    const isSo = end === 'paid' ? isPaid(order) : order.status === end;
    if (!isSo) return said === undefined ? [] : [disagree(`its store was told that it is ${end}, but it is ${order.status}`)];
    if (said === undefined) return [lost(`it ended ${end} and its store was never told`)];
    if (said.times > 1) return [double(`its store was told ${said.times} times that it is ${end}`)];
    return said.amount === null || sameMoney(said.amount, order.amount) ? [] : [disagree(`it is ${textOf(order.amount)}, its store was told ${textOf(said.amount)}`)];
  });
};

const alipayMustBeKnown: Rule = (books, moment) => {
  const atAlipay = new Set(books.ledger.map(({ paymentId }) => paymentId));
  const unknownThere = books.payments.filter(({ id, status }) => !atAlipay.has(id) && (status === 'code-issued' || status === 'succeeded'));
  return [
    ...books.ledger.flatMap((entry) => compareWithAlipay(entry, books, moment)),
    ...unknownThere.map(({ id, status }) => disagree(`payment ${id} is ${status} at the gateway, and Alipay does not know it`)),
  ];
};

function compareWithAlipay(entry: LedgerEntry, { payments, refunds }: OrderBooks, moment: Moment): Finding[] {
  const { paymentId, status, amount } = entry;
  const ours = payments.find(({ id }) => id === paymentId);
  const isHeld = heldAtAlipay(entry, refunds) > 0n;
  if (ours === undefined) return [isHeld ? lost(`payment ${paymentId} is paid at Alipay, and the gateway does not know it`) : disagree(`payment ${paymentId} is ${status} at Alipay, and the gateway does not know it`)];
  const findings: Finding[] = [];
  if (!sameMoney(amount, ours.amount)) findings.push(disagree(`payment ${paymentId} is ${textOf(amount)} at Alipay and ${textOf(ours.amount)} at the gateway`));
  if (isHeld && ours.status !== 'succeeded' && !isKnown(ours, moment)) findings.push(lost(`payment ${paymentId} is paid at Alipay and ${ours.status} at the gateway`));
  if (ours.status === 'succeeded' && status !== 'SUCCESS') findings.push(disagree(`payment ${paymentId} is ${status} at Alipay and succeeded at the gateway`));
  if (status === 'PROCESSING' && isOver(ours) && ours.status !== 'succeeded') findings.push(disagree(`payment ${paymentId} can still be paid at Alipay, and is ${ours.status} at the gateway`));
  return findings;
}

const orderMustFollowItsPayments: Rule = (books) => {
  const { order, payments, ledger } = books;
  if (order === undefined) {
    if (payments.length + ledger.length === 0) return [];
    const isTaken = ledger.some((entry) => heldAtAlipay(entry) > 0n) || payments.some(({ status }) => status === 'succeeded');
    return [isTaken ? lost('it is paid, and order does not know it') : disagree('it has a payment, and order does not know it')];
  }
  const findings = payments.filter(({ amount }) => !sameMoney(amount, order.amount)).map(({ id, amount }) => disagree(`it is ${textOf(order.amount)}, its payment ${id} is ${textOf(amount)}`));
  const succeeded = payments.filter(({ status }) => status === 'succeeded');
  if (isPaid(order) && succeeded.length === 0) findings.push(disagree(`it is ${order.status}, and no payment of it succeeded`));
  if (!isPaid(order) && succeeded.length > 0 && !order.hasAttention) findings.push(lost(`its payment ${succeeded[0]?.id} succeeded and it is ${order.status}`));
  const open = payments.filter((payment) => !isOver(payment));
  if (hasEnded(order) && open.length > 0) findings.push(disagree(`it is ${order.status}, and its payment ${open[0]?.id} is ${open[0]?.status}`));
  return findings;
};

const moneyMustComeOnce: Rule = ({ payments, refunds, ledger }, moment) => {
  const succeeded = payments.filter(({ status }) => status === 'succeeded').length;
  const known = new Set(payments.filter((payment) => payment.status !== 'succeeded' && isKnown(payment, moment)).map(({ id }) => id));
  const held = ledger.filter((entry) => heldAtAlipay(entry, refunds) > 0n && !known.has(entry.paymentId)).length;
  return Math.max(succeeded, held) > 1 ? [double(`${Math.max(succeeded, held)} payments of it were paid`)] : [];
};

const booksMustExpect: Rule = ({ payments, ledger, expectations }) => {
  const expected = expectations.filter(({ type }) => type === 'PAYMENT');
  const paidThere = new Set(ledger.filter(({ wasPaid }) => wasPaid).map(({ paymentId }) => paymentId));
  // What a cancel gave back need not be listed; what is disputed is expected only if Alipay named an amount.
  const mustBe = payments.filter(({ id, status, hasAttention }) => status === 'succeeded' || (!hasAttention && ledger.some((entry) => entry.paymentId === id && entry.wasPaid && entry.status === 'SUCCESS')));
  const unfounded = expected.filter(({ paymentId }) => !paidThere.has(paymentId) && !payments.some(({ id, status, hasAttention }) => id === paymentId && (status === 'succeeded' || hasAttention)));
  return [
    ...mustBe.flatMap(({ id, status, amount }) => {
      const own = expected.filter(({ paymentId }) => paymentId === id);
      if (own[0] === undefined) return [lost(`payment ${id} ${status === 'succeeded' ? 'succeeded' : 'was paid late'}, and reconciliation does not expect it`)];
      if (own.length > 1) return [double(`reconciliation expects payment ${id} ${own.length} times`)];
      return sameMoney(own[0].amount, amount) ? [] : [disagree(`payment ${id} is ${textOf(amount)}, reconciliation expects ${textOf(own[0].amount)}`)];
    }),
    ...unfounded.map(({ paymentId }) => disagree(`reconciliation expects payment ${paymentId}, which did not succeed`)),
  ];
};

const rules: readonly Rule[] = [orderMustEnd, storeMustBeTold, alipayMustBeKnown, orderMustFollowItsPayments, moneyMustComeOnce, booksMustExpect, ...refundRules];
