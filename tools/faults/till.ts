import type { OrderView } from '@scantill/contracts';
import { Pool } from 'undici';
import { orderRequest, type PlannedOrder } from '../crash/orders.ts';
import type { Demo } from '../stack/demo.ts';

/** What a till was answered; `order` where it was told how its order stands, `problem` where it was refused. */
export interface Answer {
  readonly status: number;
  readonly order: OrderView | undefined;
  readonly problem: string | undefined;
}

const CONNECTIONS = 128;
const ANSWER_WITHIN_MS = 30_000;
const OK_MAX = 299;

/** The tills of the demo chain, over connections that are kept. No answer at all is thrown. */
export class Till {
  private readonly pool: Pool;
  private readonly key: string;

  constructor({ order, apiKeys }: Demo) {
    this.pool = new Pool(order.url, { connections: CONNECTIONS, headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS });
    this.key = apiKeys.system.key;
  }

  /** @param query `?wait=code`, with or without seconds; `''` answers at once */
  place(order: PlannedOrder, query: string): Promise<Answer> {
    return this.ask('POST', `/v1/orders${query}`, orderRequest(order, new Date()));
  }

  show(orderId: string): Promise<Answer> {
    return this.ask('GET', `/v1/orders/${orderId}`);
  }

  cancel(orderId: string): Promise<Answer> {
    return this.ask('POST', `/v1/orders/${orderId}/cancel`, { reason: 'the customer left' });
  }

  /** Answered when Alipay has answered, at most 10 s later. */
  refund(orderId: string, refundKey: string, amountMinor: number): Promise<Answer> {
    const amount = { currency: 'USD', minor: String(amountMinor) };
    return this.ask('POST', `/v1/orders/${orderId}/refunds?wait=result&waitSeconds=10`, { amount, reason: 'given back' }, { 'idempotency-key': refundKey });
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async ask(method: 'GET' | 'POST', path: string, body?: unknown, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more };
    const { statusCode, body: answer } = await this.pool.request({ method, path, headers, body: body === undefined ? null : JSON.stringify(body) });
    const read = (await answer.json()) as OrderView & { readonly code?: string };
    return statusCode <= OK_MAX ? { status: statusCode, order: read, problem: undefined } : { status: statusCode, order: undefined, problem: problemOf(read) };
  }
}

/** RFC 9457, with our stable code. */
function problemOf(body: { readonly code?: unknown; readonly type?: unknown }): string {
  return String(body.code ?? body.type);
}
