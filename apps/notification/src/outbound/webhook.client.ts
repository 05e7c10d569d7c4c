import type { Endpoint } from '@scantill/platform';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import type { Answer } from '../core/delivery.js';

export const WEBHOOK_TIMEOUT_MS = 10_000;
/** Read so that the connection can be used again; what is longer is cut off, because nothing in it matters. */
const ANSWER_BYTES_MAX = 16_384;

export interface WebhookMessage {
  readonly eventId: string;
  readonly body: string;
}

/** Sends one signed request. Whatever happens is an answer; nothing is thrown. Redirects are not followed. */
export class WebhookClient {
  private readonly agent: Agent;

  constructor(connectionsPerEndpoint: number) {
    this.agent = new Agent({ connections: connectionsPerEndpoint, pipelining: 1, maxHeaderSize: ANSWER_BYTES_MAX });
  }

  async send(endpoint: Endpoint, { eventId, body }: WebhookMessage): Promise<Answer> {
    const signal = AbortSignal.timeout(WEBHOOK_TIMEOUT_MS);
    try {
      const { statusCode, body: answer } = await request(endpoint.url, {
        method: 'POST', body, headers: headersOf(endpoint, eventId, body), dispatcher: this.agent, signal,
        headersTimeout: WEBHOOK_TIMEOUT_MS, bodyTimeout: WEBHOOK_TIMEOUT_MS,
      });
      await answer.dump({ limit: ANSWER_BYTES_MAX, signal }).catch(() => undefined);
      return { kind: 'answered', status: statusCode };
    } catch (error) {
      return { kind: 'unreachable', reason: signal.aborted ? `no answer within ${WEBHOOK_TIMEOUT_MS / 1_000} s` : reasonOf(error) };
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

/** As Standard Webhooks 1.0 has it. Receivers hold the time against their own clock, so it is the real one. */
function headersOf(endpoint: Endpoint, eventId: string, body: string): Record<string, string> {
  const at = new Date();
  return {
    'content-type': 'application/json',
    'user-agent': 'scantill-notification',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(endpoint.secret).sign(eventId, at, body),
  };
}

/** The code where there is one: messages may repeat the address with what is in it. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
