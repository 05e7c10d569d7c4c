import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import '@scantill/platform/kafka-timers';
import kafkajs, { type KafkaMessage } from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

const POLL_MS = 50;
const WITHIN_MS = 30_000;

/** Everything that stands on a topic now. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<KafkaMessage[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const groupId = `crash-test-${randomUUID()}`;
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false });
  await Promise.all([admin.connect(), consumer.connect()]);
  try {
    const open = new Map((await admin.fetchTopicOffsets(topic)).filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]));
    const found: KafkaMessage[] = [];
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message }) => {
        found.push(message);
        if (BigInt(message.offset) + 1n >= (open.get(partition) ?? 0n)) open.delete(partition);
        return Promise.resolve();
      },
    });
    const deadline = Date.now() + WITHIN_MS;
    while (open.size > 0 && Date.now() < deadline) await wait(POLL_MS);
    if (open.size > 0) throw new Error(`${topic} could not be read to its end within ${WITHIN_MS / 1_000} s`);
    return found;
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}
