import { Problem } from '../../bootstrap/problem.mjs';
import { insist } from '../../crash/shop.ts';

const ANSWER_WITHIN_MS = 15_000;
/** Wait and ask again: it, or what it stands on, is away. */
const AWAY = [502, 503, 504];

export interface Question {
  readonly url: string;
  readonly method?: 'GET' | 'PUT' | 'DELETE';
  readonly key?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Refusals that are answers as well. */
  readonly fine?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks until somebody answers. @throws a `Problem` when the answer is none that can be expected */
export async function ask({ url, method, key, body, headers, fine = [] }: Question): Promise<Answer> {
  let answer: Answer | undefined;
  await insist(url, async () => {
    const isForm = body instanceof FormData;
    const response = await fetch(url, {
      method: method ?? 'POST',
      headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await response.text();
    if (AWAY.includes(response.status)) throw new Error(`answered ${response.status}`);
    if (!response.ok && !fine.includes(response.status)) throw new Problem(`${url} answered ${response.status}: ${text}`);
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    answer = { status: response.status, body: isJson ? JSON.parse(text) : text };
  });
  return answer as unknown as Answer;
}
