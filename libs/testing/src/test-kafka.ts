import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Kafka, logLevel, Partitioners, type Admin, type Consumer, type KafkaMessage, type Message, type Producer } from 'kafkajs';
import { testBrokers } from './environment.js';
import type { TcpLink } from './tcp-link.js';

const CONNECTION = { connectionTimeout: 3_000, retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 }, logLevel: logLevel.NOTHING };

export interface TopicWish {
  readonly partitions?: number;
  /** Settings of the topic, `message.timestamp.type` for instance. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What stands on a topic, as it arrives. */
export interface Reading {
  readonly messages: (KafkaMessage & { readonly partition: number })[];
}

/** The test broker, seen by a client that has nothing to do with ours. */
export class TestKafka {
  readonly brokers = testBrokers();
  private readonly kafka = new Kafka({ brokers: [...this.brokers], ...CONNECTION });
  private readonly admin: Admin = this.kafka.admin();
  private readonly producer: Producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
  private readonly consumers: Consumer[] = [];

  async open(): Promise<this> {
    await Promise.all([this.admin.connect(), this.producer.connect()]);
    return this;
  }

  /** A topic of the caller's own; nobody else reads it. */
  async topic(purpose: string, { partitions = 1, settings = {} }: TopicWish = {}): Promise<string> {
    const topic = `test.${purpose}.${randomUUID().slice(0, 8)}`;
    await this.ensureTopic(topic, { partitions, settings });
    return topic;
  }

  async ensureTopic(topic: string, { partitions = 1, settings = {} }: TopicWish = {}): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await this.admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, configEntries }] });
  }

  async send(topic: string, messages: readonly Message[]): Promise<void> {
    await this.producer.send({ topic, messages: [...messages], acks: -1 });
  }

  /** Everything on the topic from its beginning, going on until the end. */
  async read(topic: string): Promise<Reading> {
    const consumer = this.kafka.consumer({ groupId: `test-reader-${randomUUID()}`, maxWaitTimeInMs: 50, allowAutoTopicCreation: false });
    const reading: Reading = { messages: [] };
    this.consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ eachMessage: ({ message, partition }) => Promise.resolve(void reading.messages.push({ ...message, partition })) });
    return reading;
  }

  /** Offsets that a group has committed, by partition; "-1" where it has not. */
  async committed(groupId: string, topic: string): Promise<Record<number, string>> {
    const [answer] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
    return Object.fromEntries((answer?.partitions ?? []).map(({ partition, offset }) => [partition, offset]));
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.disconnect()));
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
  }
}

/** A client whose every connection goes by way of the wire, whatever address the broker gives itself. */
export function kafkaThrough(link: TcpLink): Kafka {
  return new Kafka({
    brokers: [`127.0.0.1:${link.port}`],
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 4 },
    logLevel: logLevel.NOTHING,
    socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port: link.port }, onConnect).setKeepAlive(true, 10_000),
  });
}
