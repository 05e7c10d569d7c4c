import { randomUUID } from 'node:crypto';
import type { Topic } from '@scantill/contracts';
import '@scantill/platform/kafka-timers';
import kafkajs from 'kafkajs';

const { Kafka, Partitioners, logLevel } = kafkajs;

/** An event as one of our services would publish it. */
export interface Published {
  readonly key: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly correlationId: string;
  /** RFC 3339; now unless said. */
  readonly time?: string;
  readonly data: unknown;
}

/** Speaks on internal topics in the place of a service that does not do so yet, or that would not say such a thing. */
export async function publish(brokers: readonly string[], topic: Topic, events: readonly Published[]): Promise<void> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: events.map(toMessage) });
  } finally {
    await producer.disconnect();
  }
}

function toMessage({ key, type, source, subject, correlationId, time = new Date().toISOString(), data }: Published) {
  const id = randomUUID();
  const envelope = { id, type, version: 1, source, time, subject, sequence: 1, correlationId, causationId: null, data };
  return { key, value: JSON.stringify(envelope), headers: { id, type, version: '1', 'correlation-id': correlationId } };
}
