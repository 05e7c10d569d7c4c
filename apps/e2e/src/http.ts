/** Answers come within this, also on a machine that is busy with other tests. */
const ANSWER_WITHIN_MS = 20_000;

export interface Asking {
  readonly key?: string;
  readonly method?: string;
  /** Sent as JSON; a form as it is. */
  readonly body?: unknown;
  /** JSON that must go out byte by byte. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Reads JSON where that is what comes back, else text. */
export async function ask<Body = Record<string, unknown>>(url: string, { key, method, body, rawBody, headers = {} }: Asking = {}): Promise<Answer<Body>> {
  const payload = rawBody ?? (body === undefined || body instanceof FormData ? body : JSON.stringify(body));
  const response = await fetch(url, {
    method: method ?? (payload === undefined ? 'GET' : 'POST'),
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...(typeof payload === 'string' ? { 'content-type': 'application/json' } : {}), ...headers },
    body: payload ?? null,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body };
}

/** @throws when the answer is none of success */
export async function askFor<Body>(url: string, asking: Asking = {}): Promise<Body> {
  const { status, body } = await ask<Body>(url, asking);
  if (status >= 300) throw new Error(`${url} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
