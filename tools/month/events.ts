import type { Published } from '../faults/publisher.ts';
import type { World } from './worlds.ts';

/** A payment as the simulator's ledger shows it. */
export interface LedgerEntry {
  readonly clientId: string;
  readonly referenceOrderId: string;
  readonly paymentRequestId: string;
  readonly paymentId: string;
  readonly amount: { readonly currency: string; readonly value: string };
  readonly status: 'PROCESSING' | 'SUCCESS' | 'FAIL' | 'CANCELLED';
  readonly resultCode: string;
  readonly issuedAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  readonly refunds: readonly { readonly refundRequestId: string; readonly refundId: string; readonly value: string; readonly completedAt: string | null }[];
}

/** What our gateway would have announced of these payments, in the order in which it would. */
export function eventsOf(world: World, entries: readonly LedgerEntry[], storeOf: ReadonlyMap<string, string>): Published[] {
  const accounts = new Map(world.accounts.map((account) => [account.clientId, account.accountId]));
  return entries.flatMap((entry) => {
    const accountId = accounts.get(entry.clientId);
    return accountId === undefined ? [] : eventsOfPayment(entry, { chainId: world.chainId, accountId, storeId: storeOf.get(entry.referenceOrderId) ?? '' });
  });
}

interface Told {
  readonly chainId: string;
  readonly accountId: string;
  readonly storeId: string;
}

function eventsOfPayment(entry: LedgerEntry, told: Told): Published[] {
  const orderId = entry.referenceOrderId.slice(told.chainId.length + 1);
  const payment = { chainId: told.chainId, orderId, storeId: told.storeId, paymentId: entry.paymentRequestId, accountId: told.accountId };
  const announce = (type: string, time: string, data: object): Published => {
    const key = `${told.chainId}:${orderId}`;
    return { key, subject: key, type: `payment.${type}`, source: 'payment-gateway', correlationId: entry.paymentRequestId, time, data: { ...payment, ...data } };
  };
  const amount = { currency: entry.amount.currency, minor: entry.amount.value };
  switch (entry.status) {
    case 'FAIL': return [announce('failed', entry.issuedAt, { resultCode: entry.resultCode, byCustomer: true })];
    // Whoever paid meanwhile got the money back by the cancel; no success was ever told.
    case 'CANCELLED': return [announce('cancelled', entry.cancelledAt ?? entry.issuedAt, { paidBefore: entry.paidAt !== null })];
    case 'PROCESSING': return [];
    case 'SUCCESS': {
      const paidAt = entry.paidAt ?? entry.issuedAt;
      const refunds = entry.refunds.flatMap(({ refundRequestId, refundId, value, completedAt }) => (completedAt === null ? [] : [announce('refund-succeeded', completedAt, {
        refundId: refundRequestId, refundKey: `return-${refundRequestId.slice(0, 8)}`, amount: { currency: amount.currency, minor: value }, alipayPaymentId: entry.paymentId, alipayRefundId: refundId, refundedAt: completedAt,
      })]));
      return [announce('succeeded', paidAt, { amount, alipayPaymentId: entry.paymentId, wallet: 'GCash', paidAt, reportedAt: paidAt }), ...refunds];
    }
  }
}

/** How many of them say what Alipay will list. */
export function expectationsIn(events: readonly Published[]): number {
  return events.filter(({ type }) => type !== 'payment.failed').length;
}
