import { Readable } from 'node:stream';
import type { Problem as ProblemBody } from '@scantill/contracts';
import { request, type Dispatcher } from 'undici';
import { Problem } from '../bootstrap/problem.mjs';
import type { Target } from './target.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

interface Body {
  readonly contentType: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** The service refused a request. The message is for people and says what can be done. */
export class Refused extends Problem {
  readonly status: number;
  readonly body: Partial<ProblemBody>;

  constructor(status: number, body: Partial<ProblemBody>) {
    super(refusalText(status, body));
    this.status = status;
    this.body = body;
  }
}

/** Nobody answered. What was asked may have been done or not. */
export class NoAnswer extends Problem {}

/** What to do about answers that one meets before anything works. */
const ADVICE: Readonly<Record<string, string>> = {
  'auth.unknown-key': 'SCANTILL_API_KEY or --key-file has the key.',
  'auth.forbidden': 'It needs the scope reports, and a key that is not bound to one store.',
};
const ERRORS_SHOWN = 20;
/** Longer than the service compares a large day, or waits for an import. */
const ANSWER_WITHIN_MS = 600_000;

type Response = Dispatcher.ResponseData;

/** The HTTP API of the reconciliation service. */
export class Service {
  private readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.json<Answer>('GET', path, query);
  }

  post<Answer>(path: string, query: Query = {}, body?: Body): Promise<Answer> {
    return this.json<Answer>('POST', path, query, body);
  }

  put<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.json<Answer>('PUT', path, {}, { contentType: 'application/json', content: Readable.from([Buffer.from(JSON.stringify(body))]) });
  }

  /** An answer that is not taken into memory. */
  async stream(path: string, query: Query = {}): Promise<Readable> {
    return (await this.ask('GET', path, query)).body;
  }

  private async json<Answer>(method: Dispatcher.HttpMethod, path: string, query: Query, body?: Body): Promise<Answer> {
    return (await (await this.ask(method, path, query, body)).body.json()) as Answer;
  }

  /** Not by `fetch`: that keeps a copy of everything it sends, in case of a redirect, and files may be larger than memory. */
  private async ask(method: Dispatcher.HttpMethod, path: string, query: Query, body?: Body): Promise<Response> {
    const { url, key } = this.target;
    const asked = new URL(`${url}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.searchParams.set(name, String(value));
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': body.contentType }) };
    const sent = body && Readable.from(body.content, { objectMode: false });
    const response = await request(asked, { method, headers, body: sent ?? null, headersTimeout: ANSWER_WITHIN_MS }).catch((error: unknown) => {
      throw new NoAnswer(`${url} does not answer (${reasonOf(error)}). Does the reconciliation service run there? --url names another.`);
    });
    if (response.statusCode >= 300) throw new Refused(response.statusCode, await problemOf(response));
    return response;
  }
}

function refusalText(status: number, { title, detail, code, errors = [] }: Partial<ProblemBody>): string {
  const what = title === undefined ? `The service answered ${status}` : `${title}${detail === undefined ? '' : `: ${detail}`}`;
  const shown = errors.slice(0, ERRORS_SHOWN).map(({ path, message }) => `\n  ${path === '' ? '' : `${path}: `}${message}`);
  const rest = errors.length > ERRORS_SHOWN ? `\n  and ${errors.length - ERRORS_SHOWN} more` : '';
  const advice = ADVICE[code ?? ''];
  return `${what}${code === undefined ? '' : ` (${code})`}.${advice === undefined ? '' : ` ${advice}`}${shown.join('')}${rest}`;
}

async function problemOf({ body }: Response): Promise<Partial<ProblemBody>> {
  try {
    return JSON.parse(await body.text()) as Partial<ProblemBody>;
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
