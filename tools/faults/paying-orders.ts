import { planOrders, type PlannedOrder } from '../crash/orders.ts';
import { statusesOf } from '../crash/own-orders.ts';
import { count } from '../audit/rows.ts';
import type { Rule } from './alipay.ts';
import type { FaultStage } from './fault-stage.ts';

export interface Size {
  readonly orders: number;
  readonly perSecond: number;
  /** Customers pay at a random moment up to so long after their code is issued. */
  readonly thinkingMaxMs: number;
}

/** Nobody is given up for being slow. */
const DEADLINE_SECONDS = 1_800;

/** Alipay gives up after the first attempt, and never tries again. */
export const notificationsDropped: readonly Rule[] = [{ operation: 'notifyPayment', fault: { kind: 'dropped', attempts: 'all' } }];

const unknown: Rule = { operation: 'inquiryPayment', fault: { kind: 'answer', resultStatus: 'U', resultCode: 'UNKNOWN_EXCEPTION' } };
/** Some are never answered, the others are answered that nobody knows. */
export const inquiriesFailing: readonly Rule[] = [{ operation: 'inquiryPayment', share: 0.2, fault: 'no-answer' }, unknown];
/** Nobody is left waiting for a call that is never answered: others use the stack afterwards. */
export const inquiriesRefused: readonly Rule[] = [{ operation: 'inquiryPayment', share: 0.2, fault: 'http-status' }, unknown];

/** Orders that are all going to be paid, sold at both doors. */
export function planPaying({ chance, demo }: FaultStage, prefix: string, { orders, thinkingMaxMs }: Size): PlannedOrder[] {
  return planOrders({ prefix, count: orders, fates: ['pay'], doors: ['http', 'kafka'], deadlineSeconds: DEADLINE_SECONDS, validSeconds: DEADLINE_SECONDS }, demo, chance)
    .map((order) => ({ ...order, thinkingMs: chance.between(0, thinkingMaxMs) }));
}

/** One sentence for each order that is not paid. */
export async function unpaidOf({ target }: FaultStage, prefix: string, orders: readonly PlannedOrder[]): Promise<string[]> {
  const statuses = await statusesOf({ target, prefix });
  return orders.map(({ orderId }) => [orderId, statuses.get(orderId) ?? 'unknown'] as const).filter(([, status]) => status !== 'paid').map(([orderId, status]) => `${orderId} is ${status}`);
}

/** Exchanges between the gateway and Alipay about these orders. */
export function exchangesOf({ target, demo }: FaultStage, prefix: string, condition: string): Promise<number> {
  const query = `select count(*) from exchanges e join payments p on p.id = e.payment_id where starts_with(p.order_key, '${demo.chain.id}:${prefix}') and ${condition}`;
  return count(target.databaseUrls['payment-gateway'], query);
}

/** Payments of these orders, as the gateway has them. */
export function paymentsOf({ target, demo }: FaultStage, prefix: string, condition: string): Promise<number> {
  return count(target.databaseUrls['payment-gateway'], `select count(*) from payments where starts_with(order_key, '${demo.chain.id}:${prefix}') and ${condition}`);
}
