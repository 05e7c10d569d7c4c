import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

export interface ControlProblem {
  readonly error: string;
  readonly message: string;
  readonly [detail: string]: unknown;
}

export function problem(reply: FastifyReply, status: number, body: ControlProblem): FastifyReply {
  return reply.code(status).send(body);
}

/** Reads the body; answers 400 with every problem and returns nothing if it cannot be used. No body counts as an empty one. */
export function parseBody<S extends z.ZodType>(schema: S, request: FastifyRequest, reply: FastifyReply): z.output<S> | undefined {
  return parseAs(schema, request.body ?? {}, reply);
}

export function parseAs<S extends z.ZodType>(schema: S, value: unknown, reply: FastifyReply): z.output<S> | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  problem(reply, 400, { error: 'malformed', message: 'The request cannot be read.', problems });
  return undefined;
}
