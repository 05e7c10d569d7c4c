import { deadLetterTopic, services, topics } from '@scantill/contracts';
import '@scantill/platform/kafka-timers';
import kafkajs, { type Admin } from 'kafkajs';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

type Settings = Readonly<Record<string, string>>;

const EVENTS: Settings = { 'retention.ms': String(14 * DAY_MS), 'max.message.bytes': String(MIB) };
/** A dead letter carries the original bytes and its own headers, so it must be allowed to be larger than what died. */
const DEAD_LETTERS: Settings = { 'retention.ms': String(30 * DAY_MS), 'max.message.bytes': String(2 * MIB) };
/** The directory is the latest state of each entity, for ever. */
const DIRECTORY: Settings = { 'cleanup.policy': 'compact', 'max.message.bytes': String(MIB) };
/** The age of a signed order is judged by the broker's clock, not by its sender's. */
const STORE_ORDERS: Settings = { ...EVENTS, 'message.timestamp.type': 'LogAppendTime' };

const topicSettings: Readonly<Record<string, Settings>> = {
  ...Object.fromEntries(Object.values(topics).map((topic) => [topic, EVENTS])),
  [topics.storeOrders]: STORE_ORDERS,
  [topics.directory]: DIRECTORY,
  ...Object.fromEntries(services.map((service) => [deadLetterTopic(service), DEAD_LETTERS])),
};

export const PARTITIONS_DEFAULT = 12;
const CONNECT = { connectionTimeout: 3_000, retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 } };

/** Makes the topics that are missing and sets right the settings of the others. Safe to repeat. */
export async function ensureTopics(brokers: readonly string[], partitions: number): Promise<{ made: number }> {
  return withAdmin(brokers, async (admin) => {
    const known = new Set(await admin.listTopics());
    const missing = Object.keys(topicSettings).filter((topic) => !known.has(topic));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic,
          numPartitions: partitions,
          configEntries: Object.entries(topicSettings[topic] ?? {}).map(([name, value]) => ({ name, value })),
        })),
      });
    }
    await correctSettings(admin, Object.keys(topicSettings).filter((topic) => known.has(topic)));
    return { made: missing.length };
  });
}

async function correctSettings(admin: Admin, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })) });
  const wrong = resources.filter(({ resourceName, configEntries }) => {
    const actual = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    return Object.entries(topicSettings[resourceName] ?? {}).some(([name, value]) => actual.get(name) !== value);
  });
  if (wrong.length === 0) return;
  await admin.alterConfigs({
    validateOnly: false,
    resources: wrong.map(({ resourceName }) => ({
      type: ConfigResourceTypes.TOPIC,
      name: resourceName,
      configEntries: Object.entries(topicSettings[resourceName] ?? {}).map(([name, value]) => ({ name, value })),
    })),
  });
}

/** True once the broker answers requests, which is later than when it takes connections. */
export async function brokerAnswers(brokers: readonly string[]): Promise<boolean> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, connectionTimeout: 1_000, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { controller } = await admin.describeCluster();
    return controller !== null;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

async function withAdmin<T>(brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, ...CONNECT }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
