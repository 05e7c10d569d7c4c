import { readFileSync } from 'node:fs';
import type { Service } from '@scantill/contracts';
import type { FastifyInstance } from 'fastify';
import type { Kafka, Producer } from 'kafkajs';
import { createClock, type Clock } from './clock.js';
import { Database } from './database.js';
import { Directory } from './directory/directory.js';
import { KeepDirectory } from './directory/keep-directory.js';
import { SecretBox } from './directory/secret-box.js';
import { Health } from './health.js';
import { createPrivateListener } from './http/private.listener.js';
import { Inbox } from './inbox/inbox.js';
import { InboxPartitions } from './inbox/partitions.js';
import { KafkaServer } from './kafka/kafka.server.js';
import { createKafka, createProducer } from './kafka/kafka.js';
import { createLog, type Log } from './log.js';
import { createMetrics, type Metrics } from './metrics.js';
import { OutboxRelay } from './outbox/outbox.relay.js';

export interface PlatformConfig {
  readonly KAFKA_BROKERS: readonly string[];
  readonly DIRECTORY_KEY_FILE: string;
  readonly LOG_LEVEL: string;
  readonly SCANTILL_ENV: 'development' | 'production';
  readonly CLOCK_START?: string | undefined;
  readonly CLOCK_SCALE?: number | undefined;
  readonly CLOCK_SCALE_SINCE?: string | undefined;
  readonly DATABASE_POOL_MAX: number;
}

/** What every service stands on. Made once in `main.ts` and handed to the module. */
export interface Platform {
  readonly service: Service;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly database: Database;
  readonly kafka: Kafka;
  readonly producer: Producer;
  readonly relay: OutboxRelay;
  readonly secrets: SecretBox;
  readonly directory: Directory;
  readonly keepDirectory: KeepDirectory;
  readonly inbox: Inbox;
  readonly server: KafkaServer;
  readonly partitions: InboxPartitions;
  readonly privateListener: FastifyInstance;
}

export function createPlatform(service: Service, databaseUrl: string, config: PlatformConfig): Platform {
  const log = createLog(service, config.LOG_LEVEL);
  const clock = createClock(config);
  const metrics = createMetrics(service);
  const health = new Health();
  const database = new Database({ url: databaseUrl, maxConnections: config.DATABASE_POOL_MAX, applicationName: service }, log);
  const kafka = createKafka(config.KAFKA_BROKERS, service, log);
  const producer = createProducer(kafka);
  const secrets = SecretBox.parse(readFileSync(config.DIRECTORY_KEY_FILE, 'utf8'));
  const directory = new Directory(database, secrets, log);
  const server = new KafkaServer({ kafka, groupId: service, health, metrics, log });
  return {
    service, log, clock, metrics, health, database, kafka, producer, secrets, directory, server,
    relay: new OutboxRelay({ url: databaseUrl, service, producer, health, metrics, log }),
    keepDirectory: new KeepDirectory(directory),
    inbox: new Inbox({ service, database, clock, metrics, log }),
    partitions: new InboxPartitions(database, clock, log),
    privateListener: createPrivateListener({ service, database, directory, health, metrics, log, dispatch: (topic, batch) => server.dispatch(topic, batch) }),
  };
}
