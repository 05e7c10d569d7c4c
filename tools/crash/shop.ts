import { topics } from '@scantill/contracts';
import '@scantill/platform/kafka-timers';
import kafkajs, { type Producer } from 'kafkajs';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../bootstrap/problem.mjs';
import type { Demo } from '../stack/demo.ts';
import { orderRequest, type PlannedOrder } from './orders.ts';
import { cancelMessage, requestMessage, type StoreMessage } from './store-messages.ts';
import { Turnstile } from './turnstile.ts';

const { Kafka, Partitioners, logLevel } = kafkajs;

/** Longer than anything here is away. */
const INSIST_MS = 180_000;
const AGAIN_MS = 300;
const ANSWER_WITHIN_MS = 30_000;
const AT_ONCE_MAX = 64;
/** A cancel that has nothing to cancel any more: the order was paid, or has ended. */
const TOO_LATE = 409;
const UNAVAILABLE = 500;

/**
 * The chain's own system: sells at both doors and insists, as a store system must: with the same order id until somebody answers.
 */
export class Shop {
  private readonly demo: Demo;
  private readonly producer: Producer;
  private readonly turnstile = new Turnstile(AT_ONCE_MAX);
  private hasConnected = false;

  constructor(demo: Demo) {
    this.demo = demo;
    const kafka = new Kafka({ brokers: [...demo.kafka.brokers], logLevel: logLevel.NOTHING, connectionTimeout: 1_000, retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 } });
    this.producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  /** Resolves when the order was taken: answered, or acknowledged by the broker. `orderUrl`: the instance that is asked. */
  async sell(order: PlannedOrder, orderUrl = this.demo.order.url): Promise<void> {
    const place = (): Promise<void> => (order.door === 'kafka' ? this.publish([requestMessage(this.demo.chain, order)]) : this.placeOverHttp(order, orderUrl));
    await place();
    if (order.isRepeated) await place();
  }

  /** The till gives the order up, at the door where it was sold. */
  async cancel(order: PlannedOrder): Promise<void> {
    if (order.door === 'kafka') return this.publish([cancelMessage(this.demo.chain, order)]);
    return this.post(`${this.demo.order.url}/v1/orders/${order.orderId}/cancel`, {}, [TOO_LATE]);
  }

  /** @param partition where all of them go; by their keys without it */
  async publish(messages: readonly StoreMessage[], partition?: number): Promise<void> {
    const entries = messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers }, ...(partition === undefined ? {} : { partition }) }));
    await insist(`publishing ${messages[0]?.key}`, async () => {
      if (!this.hasConnected) await this.producer.connect();
      this.hasConnected = true;
      await this.producer.send({ topic: topics.storeOrders, acks: -1, messages: entries });
    });
  }

  private placeOverHttp(order: PlannedOrder, orderUrl: string): Promise<void> {
    return this.post(`${orderUrl}/v1/orders?wait=code`, orderRequest(order, new Date()), []);
  }

  private post(url: string, body: unknown, alsoFine: readonly number[]): Promise<void> {
    return insist(`POST ${url}`, () => this.turnstile.pass(async () => {
      const headers = { authorization: `Bearer ${this.demo.apiKeys.system.key}`, 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const text = await response.text();
      if (response.ok || alsoFine.includes(response.status)) return;
      const refused = `POST ${url} answered ${response.status}: ${text}`;
      throw response.status >= UNAVAILABLE ? new Error(refused) : new Problem(refused);
    }));
  }
}

/** Tries again until it succeeds. @throws a `Problem` when it is refused for good, or time is up */
export async function insist(what: string, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + INSIST_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (Date.now() > deadline) throw new Problem(`${what} failed for ${INSIST_MS / 1_000} s: ${error instanceof Error ? error.message : String(error)}`);
      await wait(AGAIN_MS);
    }
  }
}
