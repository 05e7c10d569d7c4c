import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { problem, type Problem, type ProblemCode } from '@scantill/contracts';
import type { FastifyReply } from 'fastify';
import { CommitUnknown, isTransient } from '../database.js';
import type { Log } from '../log.js';

/** A refusal on its way to the edge, as RFC 9457 problem details. */
export class ProblemException extends HttpException {
  constructor(code: ProblemCode, detail?: string, errors?: Problem['errors']) {
    const body = problem(code, detail, errors);
    super(body, body.status);
  }
}

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** For StandardSchemaValidationPipe: the failing paths, never the values. */
export function malformed(issues: readonly SchemaIssue[]): ProblemException {
  const errors = issues.slice(0, 20).map((issue) => ({
    path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message: issue.message,
  }));
  return new ProblemException('request.malformed', undefined, errors);
}

const RETRY_AFTER_SECONDS = '1';
const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'request.malformed', 404: 'request.not-found', 413: 'request.too-large', 415: 'request.unsupported-media-type',
};

/** Everything that is thrown becomes a problem with a stable code; what we did not foresee carries no details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const body = toProblem(error);
    if (body.status === 500) this.log.error({ err: error }, 'a request failed for a reason of ours');
    if (body.status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    void reply.status(body.status).header('content-type', 'application/problem+json').send(body);
  }
}

/** The problem that a failure is told as. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemException) return error.getResponse() as Problem;
  if (isTransient(error) && !(error instanceof CommitUnknown)) return problem('service.unavailable');
  return problem(BY_STATUS[statusOf(error)] ?? 'service.defect');
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' ? status : 500;
}
