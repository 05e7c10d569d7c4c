import type { Problem as ProblemBody } from '@scantill/contracts';
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
    const content = ReadableStream.from([Buffer.from(JSON.stringify(body))]) as AsyncIterable<Uint8Array>;
    return this.json<Answer>('PUT', path, {}, { contentType: 'application/json', content });
  }

  /** An answer that is not taken into memory. */
  async stream(path: string, query: Query = {}): Promise<ReadableStream<Uint8Array>> {
    const response = await this.ask('GET', path, query);
    if (response.body === null) throw new Problem(`${path} answered nothing.`);
    return response.body as ReadableStream<Uint8Array>;
  }

  private async json<Answer>(method: string, path: string, query: Query, body?: Body): Promise<Answer> {
    return (await (await this.ask(method, path, query, body)).json()) as Answer;
  }

  private async ask(method: string, path: string, query: Query, body?: Body): Promise<Response> {
    const url = new URL(`${this.target.url}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers = { authorization: `Bearer ${this.target.key}`, ...(body && { 'content-type': body.contentType }) };
    const response = await fetch(url, { method, headers, ...(body && { body: ReadableStream.from(body.content) as RequestInit['body'] & object, duplex: 'half' as const }) })
      .catch((error: unknown) => { throw new NoAnswer(`${this.target.url} does not answer (${reasonOf(error)}). Does the reconciliation service run there? --url names another.`); });
    if (!response.ok) throw new Refused(response.status, await problemOf(response));
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

async function problemOf(response: Response): Promise<Partial<ProblemBody>> {
  const text = await response.text().catch(() => '');
  try {
    return JSON.parse(text) as Partial<ProblemBody>;
  } catch {
    return {};
  }
}

/** `fetch` hides what happened one level down. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
}
