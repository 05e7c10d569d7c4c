import type { Service } from '@scantill/contracts';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Directory } from '../directory/directory.js';
import type { Health } from '../health.js';
import { DeadLetters, PAGE_ROWS_MAX, type DeadLetter } from '../inbox/operations.js';
import type { Batch, BatchOutcome } from '../inbox/message.js';
import type { Database } from '../database.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { authenticate } from './access.js';
import { closeInTime } from './closing.js';
import { malformed, ProblemException, toProblem } from './problem.js';

export interface PrivateListenerOptions {
  readonly service: Service;
  readonly database: Database;
  readonly directory: Directory;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly dispatch: (topic: string, batch: Batch) => Promise<BatchOutcome>;
}

const listQuery = z.object({
  after: z.coerce.bigint().default(0n),
  status: z.enum(['kept', 'parked', 'replayed', 'discarded']).optional(),
  key: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
});
const target = z.object({ id: z.coerce.bigint() });
const reasoned = z.strictObject({ reason: z.string().min(3).max(500) });

/** Metrics, health and what operators do; never reachable from outside the house. */
export function createPrivateListener(options: PrivateListenerOptions): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: 16_384 });
  const { health, metrics } = options;
  closeInTime(app);
  app.setErrorHandler((error, _request, reply) => {
    const body = toProblem(error instanceof z.ZodError ? malformed(error.issues) : error);
    if (body.status === 500) options.log.error({ err: error }, 'an operator route failed');
    void reply.status(body.status).header('content-type', 'application/problem+json').send(body);
  });
  app.get('/health/live', (_request, reply) => reply.status(health.deadReason === undefined ? 200 : 503).send({ alive: health.deadReason === undefined, reason: health.deadReason }));
  app.get('/health/ready', (_request, reply) => reply.status(health.isReady ? 200 : 503).send({ ready: health.isReady, reasons: health.reasons }));
  app.get('/metrics', async (_request, reply) => reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics()));
  addDeadLetterRoutes(app, options);
  return app;
}

function addDeadLetterRoutes(app: FastifyInstance, { service, database, directory, dispatch, log }: PrivateListenerOptions): void {
  const letters = new DeadLetters(database);
  const find = async (params: unknown): Promise<DeadLetter> => {
    const letter = await letters.find(target.parse(params).id);
    if (letter === undefined) throw new ProblemException('dead-letter.not-found');
    return letter;
  };
  app.get('/v1/dead-letters', async (request) => {
    authenticate(directory, request.headers.authorization, 'operate');
    const { after, status, key, limit } = listQuery.parse(request.query);
    const rows = await letters.list({ after, status: status ?? null, key: key ?? null, limit });
    return { service, deadLetters: rows.map(toView), next: rows.length === limit ? rows.at(-1)!.id.toString() : null };
  });
  app.post('/v1/dead-letters/:id/replay', async (request) => {
    const operator = authenticate(directory, request.headers.authorization, 'operate');
    const { reason } = reasoned.parse(request.body);
    const letter = await find(request.params);
    const replayed = await replay(letters, letter, dispatch);
    log.info({ operator: operator.owner.name, reason, topic: letter.topic, key: letter.key, replayed }, 'dead letters replayed');
    return { replayed, status: (await letters.find(letter.id))?.status };
  });
  app.post('/v1/dead-letters/:id/discard', async (request) => {
    const operator = authenticate(directory, request.headers.authorization, 'operate');
    const { reason } = reasoned.parse(request.body);
    const letter = await find(request.params);
    const isDiscarded = await letters.discard(letter.id, `${operator.owner.name}: ${reason}`);
    log.info({ operator: operator.owner.name, reason, topic: letter.topic, key: letter.key, id: letter.id.toString() }, 'a dead letter was discarded');
    return { discarded: isDiscarded, status: (await letters.find(letter.id))?.status };
  });
}

/**
 * One by one, so that what fails again keeps the later ones of its aggregate waiting; until nothing waits any more, because more
 * may join the queue meanwhile. Returns how many went through.
 */
async function replay(letters: DeadLetters, letter: DeadLetter, dispatch: PrivateListenerOptions['dispatch']): Promise<number> {
  let replayed = 0;
  for (;;) {
    const queue = replayed > 0 && letter.status === 'kept' ? [] : await letters.queueOf(letter);
    for (const message of queue) {
      await dispatch(message.topic, [message]);
      if ((await letters.find(message.deadLetterId!))?.status !== 'replayed') return replayed;
      replayed += 1;
    }
    if (queue.length === 0) return replayed;
  }
}

function toView(letter: DeadLetter) {
  return {
    id: letter.id.toString(), topic: letter.topic, partition: letter.partition, offset: letter.offset.toString(), key: letter.key,
    headers: letter.headers, valueBase64: letter.value.toString('base64'), problem: letter.problem, detail: letter.detail,
    status: letter.status, createdAt: letter.created_at.toISOString(),
  };
}
