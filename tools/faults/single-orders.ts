import { setTimeout as wait } from 'node:timers/promises';
import type { OrderView } from '@scantill/contracts';
import { Problem } from '../bootstrap/problem.mjs';
import { planOrders, type PlannedOrder } from '../crash/orders.ts';
import type { FaultStage } from './fault-stage.ts';

/** An order that is followed by itself. */
export interface PaidOrder {
  readonly orderId: string;
  readonly storeId: string;
  readonly tillId: string;
  readonly paymentId: string;
}

const STEP_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 250;
const DEADLINE_SECONDS = 1_800;

export function planOne(stage: FaultStage, prefix: string, particulars: Partial<PlannedOrder> = {}): PlannedOrder {
  const [order] = planSome(stage, prefix, 1);
  if (order === undefined) throw new Error('one order was planned, and there is none');
  return { ...order, ...particulars };
}

/** Orders that nobody acts on but the scenario itself. */
export function planSome({ chance, demo }: FaultStage, prefix: string, count: number): PlannedOrder[] {
  return planOrders({ prefix, count, fates: ['abandon'], doors: ['http'], deadlineSeconds: DEADLINE_SECONDS, validSeconds: DEADLINE_SECONDS }, demo, chance);
}

/** @returns the order with its code */
export async function sellCode({ till }: FaultStage, order: PlannedOrder): Promise<{ readonly code: string; readonly paymentId: string }> {
  const { problem } = await till.place(order, '?wait=code&waitSeconds=10');
  if (problem !== undefined) throw new Problem(`${order.orderId} was refused: ${problem}`);
  const { code, payments } = await untilOrder(till, order.orderId, ({ code: issued }) => issued !== null, 'has a code');
  return { code: code?.text ?? '', paymentId: payments.at(-1)?.paymentId ?? '' };
}

export async function sellPaid(stage: FaultStage, order: PlannedOrder): Promise<PaidOrder> {
  const { code, paymentId } = await sellCode(stage, order);
  await stage.alipay.confirm({ code });
  await untilOrder(stage.till, order.orderId, ({ status }) => status === 'paid', 'is paid');
  return { orderId: order.orderId, storeId: order.storeId, tillId: order.tillId, paymentId };
}

/** @throws a `Problem` that says how the order stands, when time is up */
export async function untilOrder(till: FaultStage['till'], orderId: string, isSo: (order: OrderView) => boolean, what: string): Promise<OrderView> {
  const deadline = Date.now() + STEP_WITHIN_MS;
  for (;;) {
    const { order } = await till.show(orderId);
    if (order !== undefined && isSo(order)) return order;
    if (Date.now() > deadline) throw new Problem(`waited ${STEP_WITHIN_MS / 1_000} s until ${orderId} ${what}; it is ${order?.status ?? 'unknown'}`);
    await wait(LOOK_EVERY_MS);
  }
}

/** What comes from another service comes a moment later. @returns what was found last, when time is up */
export async function reaches(wanted: number, look: () => Promise<number>): Promise<number> {
  const deadline = Date.now() + STEP_WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found >= wanted || Date.now() > deadline) return found;
    await wait(LOOK_EVERY_MS);
  }
}
