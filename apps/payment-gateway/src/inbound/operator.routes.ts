import { problems, type ProblemCode } from '@scantill/contracts';
import { authenticate, ProblemException, type Directory, type Log } from '@scantill/platform';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PaymentRejected } from '../core/decide-payment.js';
import type { OperatePayment } from '../flows/operate-payment.js';

const target = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/), action: z.enum(['inquire', 'close', 'give-back']) });
const reasoned = z.strictObject({ reason: z.string().min(3).max(500) });

const problemOf = {
  PaymentNotFound: 'payment.not-found',
  PaymentAlreadyEnded: 'payment.already-ended',
  NothingToGiveBack: 'payment.nothing-to-give-back',
} as const satisfies Record<PaymentRejected['kind'], ProblemCode>;

/** `POST /v1/payments/{id}/inquire|close|give-back` on the private listener: scope operate, a reason, recorded with the name behind the key. */
export function addOperatorRoutes(app: FastifyInstance, { directory, operatePayment, log }: { directory: Directory; operatePayment: OperatePayment; log: Log }): void {
  app.post('/v1/payments/:id/:action', async (request, reply) => {
    const operator = authenticate(directory, request.headers.authorization, 'operate');
    const { id, action } = target.parse(request.params);
    const { reason } = reasoned.parse(request.body);
    const operated = await operatePayment.act({ paymentId: id, action, reason, operator: operator.owner.name });
    log.info({ operator: operator.owner.name, reason, paymentId: id, action, refused: operated.ok ? null : operated.error.kind }, 'an operator acted on a payment');
    if (!operated.ok) throw new ProblemException(problemOf[operated.error.kind], problems[problemOf[operated.error.kind]].title);
    const { status, attention, bill } = operated.value;
    void reply.status(202);
    return { paymentId: id, chainId: bill.chainId, orderId: bill.orderId, status, attention };
  });
}
