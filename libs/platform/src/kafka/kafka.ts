import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { Log } from '../log.js';
import './request-queue.js';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** One client per process, with KafkaJS's own lines in our log. */
export function createKafka(brokers: readonly string[], clientId: string, log: Log): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 200, maxRetryTime: 3_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => ({ level, log: entry }) => {
      const { message, ...rest } = entry;
      const detail = { kafka: { error: rest['error'] as unknown, groupId: rest['groupId'] as unknown, broker: rest['broker'] as unknown } };
      if (level <= logLevel.ERROR) log.warn(detail, message);
      else log.debug(detail, message);
    },
  });
}

/** Same partition for the same key as every Java client. Topics are made by the operator, never by accident. */
export function createProducer(kafka: Kafka): Producer {
  return kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
}
