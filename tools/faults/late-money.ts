import { report } from '../bootstrap/progress.mjs';
import { topics } from '@scantill/contracts';
import type { KafkaMessage } from 'kafkajs';
import { readTopic } from '../crash/read-topic.ts';
import type { FaultStage } from './fault-stage.ts';
import { lateWays, type LateOrder, type LateWay } from './late-ways.ts';
import { auditOwn } from './own-books.ts';
import { runReversal } from './refund-reversal.ts';

const PART = 'late-money';
/** Of each way. */
const ORDERS = { full: 10, short: 3 };
const BOOKS_WITHIN_MS = 90_000;
/** One way after the other: each has its own faults. */
const WAYS: Readonly<Record<'full' | 'short', readonly LateWay[]>> = {
  full: ['declined', 'declined-window-over', 'crossed-cancel', 'expired', 'expired-window-over', 'cancelled'],
  // The others take as long as the shortest code lives.
  short: ['declined', 'declined-window-over', 'crossed-cancel'],
};

/** What each way must come to: how the money went back, and whether it was announced as late. */
const ENDS: Readonly<Record<LateWay, { readonly by: 'cancel' | 'refund'; readonly isAnnounced: boolean }>> = {
  'declined': { by: 'cancel', isAnnounced: true },
  'declined-window-over': { by: 'refund', isAnnounced: true },
  // The cancel that the customer crossed gives the money back by itself: nobody has to act.
  'crossed-cancel': { by: 'cancel', isAnnounced: false },
  'expired': { by: 'cancel', isAnnounced: true },
  'expired-window-over': { by: 'refund', isAnnounced: true },
  'cancelled': { by: 'cancel', isAnnounced: true },
};

/** Money that comes after the end is announced and goes back; a refund that bounces is owed again. */
export async function runLateMoney(stage: FaultStage, isShort: boolean): Promise<void> {
  const size = isShort ? 'short' : 'full';
  const prefix = `late-${stage.run}`;
  const late: LateOrder[] = [];
  for (const [index, way] of WAYS[size].entries()) {
    report(PART, `${ORDERS[size]} orders ${way}`);
    late.push(...await lateWays[way](stage, `${prefix}-${index}`, ORDERS[size]));
    await stage.alipay.mend();
  }
  await runReversal(stage, PART, prefix);
  await auditOwn(stage, PART, { prefix, withinMs: BOOKS_WITHIN_MS });
  await checkGivenBack(stage, prefix, late);
  await checkAnnounced(stage, late);
}

async function checkGivenBack({ alipay, checks, demo }: FaultStage, prefix: string, late: readonly LateOrder[]): Promise<void> {
  const payments = new Map((await alipay.payments(prefix)).map((payment) => [payment.paymentRequestId, payment]));
  const wrong = late.flatMap(({ orderId, paymentId, way }) => {
    const payment = payments.get(paymentId);
    const isBack = ENDS[way].by === 'cancel' ? payment?.status === 'CANCELLED' : payment?.status === 'SUCCESS' && payment.refunded === payment.amount.value;
    return isBack && payment?.paidAt !== null ? [] : [`${orderId}: ${payment?.status}, paid ${payment?.paidAt}, ${payment?.refunded} refunded`];
  });
  const byWay = Object.entries(ENDS).filter(([way]) => late.some((order) => order.way === way)).map(([way, { by }]) => `${way} by ${by}`).join(', ');
  checks.none(PART, `all ${late.length} late payments went back at Alipay: ${byWay}`, wrong);
}

async function checkAnnounced({ checks, demo, stack }: FaultStage, late: readonly LateOrder[]): Promise<void> {
  // A relay may send again what it does not know to have arrived: then it has the same id.
  const events = new Map((await readTopic(stack.brokers, topics.payment)).filter(isLateSuccess).map(({ key, headers }) => [String(headers?.['id']), String(key)]));
  const told = [...events.values()];
  const wrong = late.flatMap(({ orderId, way }) => {
    const times = told.filter((key) => key === `${demo.chain.id}:${orderId}`).length;
    return times === (ENDS[way].isAnnounced ? 1 : 0) ? [] : [`${orderId} (${way}) was announced ${times} times`];
  });
  checks.none(PART, 'each late payment was announced once, and none that its own cancel gave back', wrong);
}

function isLateSuccess({ headers }: KafkaMessage): boolean {
  return String(headers?.['type']) === 'payment.late-success';
}
