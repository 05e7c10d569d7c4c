import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedOrder } from '../crash/orders.ts';
import type { AlipayPayment, Rule } from './alipay.ts';
import type { FaultStage } from './fault-stage.ts';
import { planSome, sellCode, untilOrder } from './single-orders.ts';

/** How an order was over before its customer paid; `window-over`: Alipay takes no cancel of what was paid any more. */
export type LateWay = 'declined' | 'declined-window-over' | 'crossed-cancel' | 'expired' | 'expired-window-over' | 'cancelled';

export interface LateOrder {
  readonly orderId: string;
  readonly paymentId: string;
  readonly way: LateWay;
}

type MakeLate = (stage: FaultStage, prefix: string, count: number) => Promise<LateOrder[]>;

/** The shortest life of a code. */
const CODE_SECONDS = 60;
/** Before the code runs out, so that the till's cancel and not the expiry ends it. */
const CANCEL_BEFORE_EXPIRY_MS = 15_000;
const NOTIFIED_AFTER_MS = 3_000;
const windowOver: Rule = { operation: 'cancel', fault: { kind: 'answer', resultStatus: 'F', resultCode: 'CANCEL_WINDOW_EXCEED' } };
const payableAfterExpiry: Rule = { operation: 'pay', fault: 'pay-after-expiry' };
const unknownToAlipay: readonly Rule[] = (['inquiryPayment', 'cancel'] as const).map((operation) => ({ operation, fault: { kind: 'answer', resultStatus: 'F', resultCode: 'ORDER_NOT_EXIST' } }));

/** Each makes so many orders end, and their customers pay afterwards. */
export const lateWays: Readonly<Record<LateWay, MakeLate>> = {
  'declined': (stage, prefix, count) => payAfterDecline(stage, prefix, { way: 'declined', count }),
  'declined-window-over': (stage, prefix, count) => payAfterDecline(stage, prefix, { way: 'declined-window-over', count }),
  'expired': (stage, prefix, count) => payAfterExpiry(stage, prefix, { way: 'expired', count }),
  'expired-window-over': (stage, prefix, count) => payAfterExpiry(stage, prefix, { way: 'expired-window-over', count }),
  'crossed-cancel': payCrossingCancel,
  'cancelled': payAfterCancel,
};

interface Wanted {
  readonly way: LateWay;
  readonly count: number;
}

/** Alipay says that the customer could not pay; later that the customer has paid after all. */
async function payAfterDecline(stage: FaultStage, prefix: string, { way, count }: Wanted): Promise<LateOrder[]> {
  const { alipay, till } = stage;
  const late = await sellAll(stage, planSome(stage, prefix, count), way);
  const payments = await alipay.payments(prefix);
  await Promise.all(payments.map((payment) => alipay.announceFailure(payment)));
  await Promise.all(late.map(({ orderId }) => untilOrder(till, orderId, ({ codeStatus }) => codeStatus === 'closed', 'was declined')));
  return payLate(stage, prefix, late);
}

/** Inquiries say that the code ran out; then somebody pays it. */
async function payAfterExpiry(stage: FaultStage, prefix: string, { way, count }: Wanted): Promise<LateOrder[]> {
  const { alipay, till } = stage;
  await alipay.plan([payableAfterExpiry]);
  const late = await sellAll(stage, planSome(stage, prefix, count).map(shortLived), way);
  await wait(CODE_SECONDS * 1_000);
  await Promise.all(late.map(({ orderId }) => untilOrder(till, orderId, ({ codeStatus }) => codeStatus === 'closed', 'has a code that ran out')));
  return payLate(stage, prefix, late);
}

/** The till gives up, Alipay says that it knows nothing of the payment, and then the customer pays. */
async function payAfterCancel(stage: FaultStage, prefix: string, count: number): Promise<LateOrder[]> {
  const { alipay, till } = stage;
  await alipay.plan([payableAfterExpiry]);
  const late = await sellAll(stage, planSome(stage, prefix, count).map(shortLived), 'cancelled');
  await wait(CODE_SECONDS * 1_000 - CANCEL_BEFORE_EXPIRY_MS);
  await alipay.plan(unknownToAlipay);
  await Promise.all(late.map(({ orderId }) => till.cancel(orderId)));
  await Promise.all(late.map(({ orderId }) => untilOrder(till, orderId, ({ status }) => status === 'cancelled', 'is cancelled')));
  return payLate(stage, prefix, late);
}

/** The customer pays in the instant after the cancel was processed; the notification comes when everything is over. */
async function payCrossingCancel(stage: FaultStage, prefix: string, count: number): Promise<LateOrder[]> {
  const { alipay, till } = stage;
  await alipay.plan([{ operation: 'cancel', fault: { kind: 'pay-crossing-cancel', when: 'after' } }, { operation: 'notifyPayment', fault: { kind: 'delayed', ms: NOTIFIED_AFTER_MS } }]);
  const late = await sellAll(stage, planSome(stage, prefix, count), 'crossed-cancel');
  await Promise.all(late.map(({ orderId }) => till.cancel(orderId)));
  await Promise.all(late.map(({ orderId }) => untilOrder(till, orderId, ({ status }) => status === 'cancelled', 'is cancelled')));
  // Until it went back: the next way has other plans for a cancel.
  await untilAll(alipay, prefix, ({ status, paidAt }) => status === 'CANCELLED' && paidAt !== null);
  return late;
}

function sellAll(stage: FaultStage, orders: readonly PlannedOrder[], way: LateWay): Promise<LateOrder[]> {
  return Promise.all(orders.map(async (order) => ({ orderId: order.orderId, paymentId: (await sellCode(stage, order)).paymentId, way })));
}

async function payLate({ alipay }: FaultStage, prefix: string, late: LateOrder[]): Promise<LateOrder[]> {
  const isWindowOver = late.some(({ way }) => way.endsWith('window-over'));
  await alipay.plan(isWindowOver ? [windowOver] : []);
  const taken = await Promise.all(late.map(({ paymentId }) => alipay.confirm({ paymentRequestId: paymentId })));
  if (!taken.every(Boolean)) throw new Error('the simulator did not take a late payment');
  // Until the cancel was refused: then its plan may end.
  if (isWindowOver) await untilAll(alipay, prefix, ({ refunded }) => refunded !== '0');
  return late;
}

const BACK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 500;

async function untilAll(alipay: FaultStage['alipay'], prefix: string, isBack: (payment: AlipayPayment) => boolean): Promise<void> {
  const deadline = Date.now() + BACK_WITHIN_MS;
  while (Date.now() < deadline) {
    if ((await alipay.payments(prefix)).every(isBack)) return;
    await wait(LOOK_EVERY_MS);
  }
}

function shortLived(order: PlannedOrder): PlannedOrder {
  return { ...order, codeSeconds: CODE_SECONDS };
}
