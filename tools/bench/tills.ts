import { Pool } from 'undici';
import type { Demo } from '../stack/demo.ts';

/** What came of one request for an order. */
export type Answer =
  | { readonly kind: 'code' }
  /** The order stands, but its code was not there within the wait (202), or is gone. */
  | { readonly kind: 'without-code' }
  | { readonly kind: 'failed'; readonly what: string };

const WAIT_SECONDS = 10;
/** The service answers after its wait at the latest; silence beyond that is a failure. */
const ANSWER_WITHIN_MS = (WAIT_SECONDS + 10) * 1_000;
const PATH = `/v1/orders?wait=code&waitSeconds=${WAIT_SECONDS}`;
const ANSWER_SHOWN_CHARACTERS = 200;

/** Every till of the demo chain, in turn, over connections that are kept. */
export class Tills {
  private readonly pool: Pool;
  private readonly tills: readonly { readonly storeId: string; readonly tillId: string }[];
  private readonly headers: Record<string, string>;
  /** Order ids must be new: the stack may have sold under the same numbers before. */
  private readonly run = Date.now().toString(36).toUpperCase();
  private placed = 0;

  constructor(demo: Demo, connections: number) {
    this.pool = new Pool(demo.order.url, { connections, headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS });
    this.tills = demo.stores.flatMap(({ id, tills }) => tills.map((tillId) => ({ storeId: id, tillId })));
    this.headers = { authorization: `Bearer ${demo.apiKeys.system.key}`, 'content-type': 'application/json' };
  }

  async place(): Promise<Answer> {
    this.placed += 1;
    const order = { orderId: `B${this.run}-${this.placed}`, ...this.tills[this.placed % this.tills.length], amount: { currency: 'USD', minor: '1099' }, description: '2 x Latte' };
    try {
      const { statusCode, body } = await this.pool.request({ path: PATH, method: 'POST', headers: this.headers, body: JSON.stringify(order) });
      return answerOf(statusCode, await body.text());
    } catch (error) {
      return { kind: 'failed', what: error instanceof Error ? error.message : String(error) };
    }
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}

function answerOf(status: number, text: string): Answer {
  if (status !== 201 && status !== 202) return { kind: 'failed', what: `${status} ${text.slice(0, ANSWER_SHOWN_CHARACTERS)}` };
  const { code, status: orderStatus } = JSON.parse(text) as { code: object | null; status: string };
  // Under load the simulated customer, who needs no till to show the code, may have paid before the till is answered.
  return { kind: code !== null || orderStatus === 'paid' ? 'code' : 'without-code' };
}
