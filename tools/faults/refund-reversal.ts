import { randomUUID } from 'node:crypto';
import { topics } from '@scantill/contracts';
import { count } from '../audit/rows.ts';
import type { FaultStage } from './fault-stage.ts';
import { publish } from './publisher.ts';
import { planOne, reaches, sellPaid, untilOrder } from './single-orders.ts';

const PAID_MINOR = 2_000;
const REFUND_MINOR = 800;
const KEY = 'bounces';

/** Alipay's files list a refund that bounced: the store is told, and the order owes the money again. */
export async function runReversal(stage: FaultStage, part: string, prefix: string): Promise<void> {
  const { alipay, checks, demo, stack, target, till } = stage;
  const { orderId, paymentId } = await sellPaid(stage, planOne(stage, `${prefix}-bounced`, { amountMinor: PAID_MINOR }));
  await till.refund(orderId, KEY, REFUND_MINOR);
  await untilOrder(till, orderId, ({ status }) => status === 'partly-refunded', 'is partly refunded');
  const [payment] = await alipay.payments(orderId);
  const refund = payment?.refunds[0];
  const [account] = demo.accounts;
  const seenAt = new Date().toISOString();
  const date = seenAt.slice(0, 'YYYY-MM-DD'.length);
  const subject = `${account?.accountId}:${date}`;
  await publish(stack.brokers, topics.reconciliation, [{
    key: subject, type: 'reconciliation.refund-reversal-seen', source: 'reconciliation', subject, correlationId: randomUUID(),
    data: {
      chainId: demo.chain.id, accountId: account?.accountId, date, orderId, paymentId, refundId: refund?.refundRequestId, alipayRefundId: refund?.refundId,
      amount: { currency: 'USD', minor: String(REFUND_MINOR) }, seenAt,
    },
  }]);
  const order = await untilOrder(till, orderId, ({ refunds }) => refunds.some(({ status }) => status === 'reversed'), 'has its refund back');
  checks.add(part, 'a refund that bounced is owed again', {
    passed: order.status === 'paid' && order.left?.minor === String(PAID_MINOR) && order.nextAction === 'call-operator', seen: `${order.status}, ${order.left?.minor} left to give back, ${order.nextAction}`,
  });
  const told = await reaches(1, () => count(target.databaseUrls.notification, `select count(*) from store_events where order_id = '${orderId}' and type = 'order.refund-reversed'`));
  checks.equal(part, 'order.refund-reversed told to the store', { expected: 1, found: told });
}
