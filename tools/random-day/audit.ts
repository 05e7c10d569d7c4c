import { heldMinor, type PaymentRecord } from './alipay-books.ts';
import { hasOrderEnded, hasPaymentEnded, isOpen, isPaid, refundSums, sumsOf, type Order, type Payment } from './cores.ts';
import type { Violation } from './rules.ts';

/** The three books of one order, once nothing happens any more. */
export interface Books {
  readonly order: Order;
  readonly payments: readonly Payment[];
  readonly records: readonly PaymentRecord[];
}

/** What does not agree, if anything. */
export function auditOrder(books: Books): Violation | undefined {
  return unended(books) ?? lostSuccess(books) ?? moneyDiffers(books) ?? orderDiffers(books);
}

function unended({ order, payments }: Books): Violation | undefined {
  const fail = (detail: string): Violation => ({ rule: 'ends', orderKey: order.key, detail });
  if (!hasOrderEnded(order)) return fail(`the order is still ${order.status}`);
  const open = payments.find((payment) => !hasPaymentEnded(payment));
  if (open !== undefined) return fail(`payment ${open.id} is still ${open.status}`);
  const refunding = payments.flatMap(({ refunds }) => refunds).find(isOpen) ?? order.refunds.find(({ status }) => status === 'requested');
  if (refunding !== undefined) return fail(`refund ${refunding.key} is still ${refunding.status}`);
  const owing = payments.find(({ givingBack, attention }) => givingBack !== undefined && (givingBack.by !== 'person' || attention === null));
  return owing === undefined ? undefined : fail(`late money of ${owing.id} goes back by ${owing.givingBack?.by}, and nobody knows`);
}

/** Late money that is still here: on its way, with a person, or bounced. */
function isLateMoneyHere({ lateSuccess, givingBack, refunds }: Payment): boolean {
  return lateSuccess !== undefined && (givingBack !== undefined || refunds.some(({ key, status }) => key === null && status === 'reversed'));
}

function lostSuccess({ order, payments, records }: Books): Violation | undefined {
  const lost = records.find((record) => {
    const payment = payments.find(({ id }) => id === record.requestId);
    const isKnown = payment !== undefined && (payment.status === 'succeeded' || isLateMoneyHere(payment) || payment.attention !== null);
    return heldMinor(record) > 0n && !isKnown;
  });
  return lost === undefined ? undefined : { rule: 'no-success-lost', orderKey: order.key, detail: `Alipay holds ${heldMinor(lost)} of ${lost.requestId}; with us it is ${payments.find(({ id }) => id === lost.requestId)?.status}` };
}

function moneyDiffers({ order, payments, records }: Books): Violation | undefined {
  for (const payment of payments) {
    const record = records.find(({ requestId }) => requestId === payment.id);
    const held = record === undefined ? 0n : heldMinor(record);
    const isWithPerson = record !== undefined && record.amount.minor !== payment.bill.amount.minor && payment.attention !== null;
    if (!isWithPerson && held !== heldHere(payment)) return { rule: 'money-agrees', orderKey: order.key, detail: `of ${payment.id} (${payment.status}) Alipay holds ${held}, the gateway ${heldHere(payment)}` };
  }
  return undefined;
}

function heldHere(payment: Payment): bigint {
  const { minor, currency } = payment.bill.amount;
  const kept = payment.status === 'succeeded' ? minor - sumsOf(payment.refunds, currency).refunded.minor : 0n;
  return kept + (isLateMoneyHere(payment) ? minor : 0n);
}

function orderDiffers({ order, payments }: Books): Violation | undefined {
  const fail = (detail: string): Violation => ({ rule: 'orders-agree', orderKey: order.key, detail });
  const succeeded = payments.filter(({ status }) => status === 'succeeded');
  if (succeeded.length > 1) return fail(`${succeeded.length} payments succeeded`);
  if (isPaid(order) !== (succeeded.length === 1)) return fail(`the order is ${order.status}, its payments are ${payments.map(({ status }) => status).join(', ')}`);
  const kept = isPaid(order) ? order.amount.minor - refundSums(order).refunded.minor : 0n;
  const keptThere = succeeded.reduce((sum, { bill, refunds }) => sum + bill.amount.minor - sumsOf(refunds, bill.amount.currency).refunded.minor, 0n);
  if (kept !== keptThere) return fail(`the order keeps ${kept}, the gateway ${keptThere}`);
  const statuses = (refunds: readonly { readonly key: string | null; readonly status: string }[]) => refunds.filter(({ key }) => key !== null).map(({ key, status }) => `${key} ${status}`).sort().join(', ');
  const [here, there] = [statuses(order.refunds), statuses(succeeded.flatMap(({ refunds }) => refunds))];
  return here === there ? undefined : fail(`refunds of the order: ${here}; of the gateway: ${there}`);
}
