import { negate, sameMoney } from '@scantill/kernel';
import { isOpenRefund, sumOf, textOf, type OrderBooks, type OrderRefundEntry, type RefundEntry } from './books.ts';
import { disagree, double, lost, type Finding, type Rule } from './finding.ts';

/** While the gateway asks about it, order has it as requested. */
const ORDER_STATUS = { requested: 'requested', unknown: 'requested', succeeded: 'succeeded', failed: 'failed', reversed: 'reversed' } as const;

const wasGiven = ({ status }: { readonly status: string }): boolean => status === 'succeeded' || status === 'reversed';
const nameOf = ({ id, key }: RefundEntry): string => (key === null ? `give-back ${id}` : `refund ${key}`);

const refundsMustEnd: Rule = ({ payments, refunds }, { isSettled }) => {
  if (!isSettled) return [];
  const waiting = new Set(payments.filter(({ hasAttention }) => hasAttention).map(({ id }) => id));
  const stuck = payments.filter(({ isGivingBack, hasAttention }) => isGivingBack && !hasAttention);
  return [
    ...refunds.filter((refund) => isOpenRefund(refund) && !waiting.has(refund.paymentId)).map((refund) => lost(`its ${nameOf(refund)} is still ${refund.status}`)),
    ...stuck.map(({ id }) => lost(`what came late for payment ${id} is still being given back`)),
  ];
};

const orderAndGatewayMustAgree: Rule = ({ orderRefunds, refunds }) => {
  const asked = refunds.filter(({ key }) => key !== null);
  return [
    ...orderRefunds.flatMap((refund) => compareWithGateway(refund, asked.filter(({ key }) => key === refund.key))),
    ...asked.filter(({ key }) => !orderRefunds.some((refund) => refund.key === key)).map((refund) => disagree(`its ${nameOf(refund)} is ${refund.status} at the gateway, and order does not know it`)),
  ];
};

function compareWithGateway({ key, status, amount, alipayRefundId }: OrderRefundEntry, [theirs, ...more]: readonly RefundEntry[]): Finding[] {
  if (theirs === undefined) return [lost(`its refund ${key} is ${status}, and the gateway does not know it`)];
  const findings: Finding[] = more.length > 0 ? [double(`its refund ${key} was made ${more.length + 1} times`)] : [];
  if (!sameMoney(amount, theirs.amount)) findings.push(disagree(`its refund ${key} is ${textOf(amount)} and ${textOf(theirs.amount)} at the gateway`));
  if (ORDER_STATUS[theirs.status] !== status) findings.push((wasGiven(theirs) && !wasGiven({ status }) ? lost : disagree)(`its refund ${key} is ${status} and ${theirs.status} at the gateway`));
  else if (alipayRefundId !== theirs.alipayRefundId) findings.push(disagree(`its refund ${key} is ${alipayRefundId} of Alipay's and ${theirs.alipayRefundId} at the gateway`));
  return findings;
}

const alipayMustAgree: Rule = ({ refunds, ledger }) => {
  const theirs = ledger.flatMap((entry) => entry.refunds.map((refund) => ({ ...refund, paymentId: entry.paymentId })));
  const unknown = theirs.filter(({ id, status }) => status !== 'FAIL' && !refunds.some((refund) => refund.id === id));
  return [
    ...unknown.map(({ id, amount }) => lost(`Alipay gave back ${textOf(amount)} by ${id}, and the gateway does not know it`)),
    ...refunds.flatMap((refund) => compareWithLedger(refund, theirs.find(({ id }) => id === refund.id))),
  ];
};

function compareWithLedger(refund: RefundEntry, theirs: (OrderBooks['ledger'][number]['refunds'][number] & { readonly paymentId: string }) | undefined): Finding[] {
  const name = nameOf(refund);
  const isDone = theirs?.status === 'SUCCESS';
  if (wasGiven(refund) && !isDone) return [disagree(`its ${name} is ${refund.status} at the gateway, and Alipay ${theirs === undefined ? 'does not know it' : `has it as ${theirs.status}`}`)];
  if (theirs === undefined) return [];
  const findings: Finding[] = [];
  if (refund.status === 'failed' && theirs.status !== 'FAIL') findings.push(lost(`its ${name} failed at the gateway, and is ${theirs.status} at Alipay`));
  if (!sameMoney(refund.amount, theirs.amount)) findings.push(disagree(`its ${name} is ${textOf(refund.amount)} at the gateway and ${textOf(theirs.amount)} at Alipay`));
  if (theirs.paymentId !== refund.paymentId) findings.push(disagree(`its ${name} is of payment ${refund.paymentId}, at Alipay of ${theirs.paymentId}`));
  if (wasGiven(refund) && refund.alipayRefundId !== theirs.alipayRefundId) findings.push(disagree(`its ${name} is ${refund.alipayRefundId} at the gateway and ${theirs.alipayRefundId} at Alipay`));
  return findings;
}

/** An order that order does not know is told of by another rule. */
const storeMustBeToldOfRefunds: Rule = ({ order, orderRefunds, told }) => {
  if (order === undefined) return [];
  const must = orderRefunds.flatMap(({ key, status, amount }) => ends[status].map((type) => ({ type, key, amount })));
  const unfounded = told.filter(({ type, refundKey }) => refundKey !== null && !must.some((each) => each.type === type && each.key === refundKey));
  return [
    ...must.flatMap(({ type, key, amount }) => {
      const said = told.find((each) => each.type === type && each.refundKey === key);
      if (said === undefined) return [lost(`its store was never told ${type} of ${key}`)];
      if (said.times > 1) return [double(`its store was told ${said.times} times ${type} of ${key}`)];
      return said.amount !== null && sameMoney(said.amount, amount) ? [] : [disagree(`its refund ${key} is ${textOf(amount)}, its store was told ${said.amount === null ? 'no amount' : textOf(said.amount)}`)];
    }),
    ...unfounded.map(({ type, refundKey }) => disagree(`its store was told ${type} of ${refundKey}, and that is not so`)),
  ];
};

const ends: Readonly<Record<OrderRefundEntry['status'], readonly string[]>> = {
  requested: [], succeeded: ['order.refunded'], failed: ['order.refund-failed'], reversed: ['order.refunded', 'order.refund-reversed'],
};

const booksMustExpectRefunds: Rule = ({ refunds, expectations }) => {
  const found = (type: string, id: string) => expectations.filter((each) => each.type === type && each.requestId === id);
  const must = refunds.filter(wasGiven).flatMap((refund) => [
    { refund, type: 'REFUND', amount: negate(refund.amount) },
    ...(refund.status === 'reversed' ? [{ refund, type: 'REFUND_REVERSAL', amount: refund.amount }] : []),
  ]);
  const unfounded = expectations.filter(({ type, requestId }) => type !== 'PAYMENT' && !must.some((each) => each.type === type && each.refund.id === requestId));
  return [
    ...must.flatMap(({ refund, type, amount }) => {
      const [own, ...more] = found(type, refund.id);
      if (own === undefined) return [lost(`its ${nameOf(refund)} is ${refund.status}, and reconciliation expects no ${type}`)];
      if (more.length > 0) return [double(`reconciliation expects ${type} of ${nameOf(refund)} ${more.length + 1} times`)];
      return sameMoney(own.amount, amount) ? [] : [disagree(`its ${nameOf(refund)} is ${textOf(refund.amount)}, reconciliation expects ${textOf(own.amount)}`)];
    }),
    ...unfounded.map(({ type, requestId }) => disagree(`reconciliation expects ${type} ${requestId}, which the gateway did not give`)),
  ];
};

/** What is kept as a sum is the sum of what is kept one by one. */
const sumsMustAgree: Rule = ({ order, orderRefunds, payments, refunds }) => {
  const findings: Finding[] = [];
  const check = (what: string, sum: bigint, parts: readonly { readonly amount: { readonly minor: bigint; readonly currency: OrderRefundEntry['amount']['currency'] } }[]) => {
    const total = sumOf(parts.map(({ amount }) => amount));
    if (sum !== total) findings.push(disagree(`${what} is ${sum}, its refunds come to ${total}`));
  };
  if (order !== undefined) {
    check('what order has as refunded', order.refunded.minor, orderRefunds.filter(({ status }) => status === 'succeeded'));
    check('what order has as being refunded', order.refunding.minor, orderRefunds.filter(({ status }) => status === 'requested'));
  }
  for (const { id, refunded, refunding } of payments) {
    const own = refunds.filter(({ paymentId, key }) => paymentId === id && key !== null);
    check(`what the gateway has as refunded of ${id}`, refunded.minor, own.filter(({ status }) => status === 'succeeded'));
    check(`what the gateway has as being refunded of ${id}`, refunding.minor, own.filter(isOpenRefund));
  }
  return findings;
};

export const refundRules: readonly Rule[] = [
  refundsMustEnd, orderAndGatewayMustAgree, alipayMustAgree, storeMustBeToldOfRefunds, booksMustExpectRefunds, sumsMustAgree,
];
