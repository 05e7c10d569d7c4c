import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Kafka } from 'kafkajs';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Health } from '../health.js';
import type { Batch, BatchOutcome } from '../inbox/message.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { GroupConsumer } from './group.consumer.js';

export interface KafkaServerOptions {
  readonly kafka: Kafka;
  /** All instances of a service share it, and with it the partitions. */
  readonly groupId: string;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Nest's door to Kafka, in batches: an `@EventPattern(topic)` method receives a Batch and answers a BatchOutcome. Nest's own
 * Kafka server hands over one message at a time, loses error types and acknowledges what nobody handles.
 */
export class KafkaServer extends Server implements CustomTransportStrategy {
  private consumer: GroupConsumer | undefined;

  constructor(private readonly options: KafkaServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    const topics = [...this.messageHandlers.keys()];
    this.consumer = new GroupConsumer({ ...this.options, topics, dispatch: (topic, batch) => this.dispatch(topic, batch) });
    // Not awaited: a service starts without Kafka and says so in its readiness.
    void this.consumer.start();
    callback();
  }

  /** Also for an operator's replay, which is the same work without a consumer. */
  async dispatch(topic: string, batch: Batch): Promise<BatchOutcome> {
    const handler = this.messageHandlers.get(topic);
    if (handler === undefined) return { kind: 'unavailable', error: new Error(`nobody handles ${topic}`) };
    const answer: unknown = await handler(batch);
    const outcome: unknown = isObservable(answer) ? await lastValueFrom(answer) : answer;
    return outcome as BatchOutcome;
  }

  async close(): Promise<void> {
    await this.consumer?.stop();
  }

  override on(): never {
    throw new Error('the Kafka server emits nothing');
  }

  override unwrap<T>(): T {
    return this.options.kafka as T;
  }
}
