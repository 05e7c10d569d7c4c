import type { FastifyInstance } from 'fastify';
import type { Exchanges } from '../alipay/exchanges.js';
import type { Notifier } from '../alipay/notifier.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import { writtenPlan, type WrittenPlan } from '../faults/fault.js';
import type { Faults } from '../faults/open-faults.js';
import { outageRequest, type Outage } from '../faults/outage.js';
import { planFromSeed, seededPlan } from '../faults/seeded-plan.js';
import { parseBody } from './requests.js';

/** A written plan has up to a thousand rules. */
const MAX_PLAN_BYTES = 1_048_576;

export interface FaultControl extends Faults {
  readonly exchanges: Exchanges;
  readonly notifier: Notifier;
}

/** What is to go wrong, what is wrong now, and what went wrong so far. */
export function faultControl(control: FaultControl) {
  const { plan, outage } = control;
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/control/faults', async () => planAnswer(plan));
    app.put('/control/faults', { bodyLimit: MAX_PLAN_BYTES }, async (request, reply) => {
      const isWritten = typeof request.body === 'object' && request.body !== null && 'rules' in request.body;
      const wanted: WrittenPlan | undefined = isWritten ? parseBody(writtenPlan, request, reply) : made(parseBody(seededPlan, request, reply));
      if (!wanted) return reply;
      plan.replace(wanted);
      return planAnswer(plan);
    });
    app.delete('/control/faults', async () => {
      plan.clear();
      return planAnswer(plan);
    });

    app.get('/control/outage', async () => outageAnswer(outage));
    app.post('/control/outage', async (request, reply) => {
      const wanted = parseBody(outageRequest, request, reply);
      if (!wanted) return reply;
      outage.begin(wanted);
      return outageAnswer(outage);
    });
    app.delete('/control/outage', async () => {
      outage.end();
      return outageAnswer(outage);
    });

    app.get('/control/exchanges', async () => exchangesAnswer(control));
  };
}

function made(wanted: ReturnType<typeof seededPlan.parse> | undefined): WrittenPlan | undefined {
  return wanted && planFromSeed(wanted);
}

/** Without its counts it can be sent back as it is. */
function planAnswer(plan: FaultPlan): Record<string, unknown> {
  return { seed: plan.seed, rules: plan.rules().map(({ rule, seen, struck }) => ({ ...rule, seen, struck })) };
}

function outageAnswer({ current, counts }: Outage): Record<string, unknown> {
  const endsAt = current && Number.isFinite(current.endsAt) ? new Date(current.endsAt).toISOString() : null;
  return { mode: current?.mode ?? null, endsAt, metBy: counts };
}

function exchangesAnswer({ exchanges, plan, outage, notifier }: FaultControl): Record<string, unknown> {
  const { sent, acknowledged, givenUp, pending } = notifier;
  const calls = Object.entries(exchanges.byOperation).map(([operation, count]) => [operation, { ...count, faults: plan.counts[operation as keyof typeof plan.counts] ?? {} }]);
  return {
    ...Object.fromEntries(calls),
    notifyPayment: { sent, acknowledged, givenUp, pending, faults: plan.counts.notifyPayment ?? {} },
    outage: outage.counts,
  };
}
