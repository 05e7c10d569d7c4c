import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Health } from '../health.js';
import type { Batch, BatchOutcome } from '../inbox/message.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { pause } from '../wakeup.js';
import { BATCH_MESSAGES_MAX, TopicWork } from './topic-work.js';

export interface GroupConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly dispatch: (topic: string, batch: Batch) => Promise<BatchOutcome>;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

const PART = 'consumer';
const PARTITIONS_AT_ONCE_MAX = 64;
/** Long polls: a message still comes at once, and an idle consumer asks no more often than its heartbeats need. */
const FETCH_WAIT_MS = 3_000;
const SESSION_TIMEOUT_MS = 9_000;
const REBALANCE_TIMEOUT_MS = 15_000;
/** Under Kafka's session timeout, so a consumer that is backing off keeps its partitions. */
const HEARTBEAT_MS = 2_500;
const COMMIT_MS = 1_000;
const SILENCE_MAX_MS = 3 * HEARTBEAT_MS;
const REBUILD_MS = 1_000;
const REBUILDS_MAX = 60;

/**
 * One consumer for all topics of a service: an idle one costs the broker as much as a busy one. Offsets are committed once a second
 * for all partitions together, and the inbox makes a repetition harmless.
 */
export class GroupConsumer {
  private consumer: Consumer | undefined;
  private readonly works: ReadonlyMap<string, TopicWork>;
  /** The offset to go on from, by topic and partition. */
  private readonly next = new Map<string, Map<number, string>>();
  private generation = 0;
  private heardAtMs = 0;
  private rebuilds = 0;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: GroupConsumerOptions) {
    const { topics, dispatch, health, log } = options;
    this.works = new Map(topics.map((topic) => [topic, new TopicWork({
      topic, health, log,
      dispatch: (batch) => dispatch(topic, batch),
      pause: (partitions) => this.consumer?.pause([partitions === undefined ? { topic } : { topic, partitions }]),
    })]));
  }

  async start(): Promise<void> {
    this.options.health.notReady(PART, 'has not joined its group yet');
    this.timer = setInterval(() => this.tick(), COMMIT_MS);
    await this.build();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const work of this.works.values()) work.stop();
    clearInterval(this.timer);
    const consumer = this.consumer;
    if (consumer === undefined) return;
    // Callbacks under way come to their end before the last commit.
    await consumer.stop().catch(() => undefined);
    await this.commit(consumer);
    await consumer.disconnect().catch(() => undefined);
  }

  private async build(): Promise<void> {
    while (!this.stopped) {
      try {
        this.consumer = await this.connect();
        this.pauseHalted(this.consumer);
        return;
      } catch (error) {
        this.options.health.notReady(PART, 'Kafka cannot be reached');
        this.options.log.warn({ err: error }, 'the consumer could not be started; trying again');
        await pause(REBUILD_MS, () => this.stopped);
      }
    }
  }

  private async connect(): Promise<Consumer> {
    const { kafka, groupId, topics, log } = this.options;
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      minBytes: 1,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 5, restartOnFailure: () => Promise.resolve(true) },
    });
    const heard = () => { this.heardAtMs = Date.now(); };
    consumer.on(consumer.events.HEARTBEAT, heard);
    consumer.on(consumer.events.FETCH, heard);
    consumer.on(consumer.events.GROUP_JOIN, () => {
      // Positions are read again from the group; ours may belong to somebody else by now.
      this.generation += 1;
      this.next.clear();
      for (const [topic, work] of this.works) {
        const partitions = work.forgetPaused();
        if (partitions.length > 0) consumer.resume([{ topic, partitions }]);
      }
      this.rebuilds = 0;
      heard();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      log.warn({ err: payload.error }, 'the consumer crashed');
      if (!payload.restart) void this.rebuild(consumer);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE_MAX,
      eachBatch: (payload) => this.receive(payload),
    });
    return consumer;
  }

  /** A topic whose messages failed too often stays stopped, whatever happens to the connection. */
  private pauseHalted(consumer: Consumer): void {
    for (const [topic, work] of this.works) if (work.isHalted) consumer.pause([{ topic }]);
  }

  private async rebuild(crashed: Consumer): Promise<void> {
    if (this.stopped || crashed !== this.consumer) return;
    this.consumer = undefined;
    this.rebuilds += 1;
    if (this.rebuilds > REBUILDS_MAX) this.options.health.notAlive(`${PART} could not be rebuilt`);
    await crashed.disconnect().catch(() => undefined);
    await pause(REBUILD_MS, () => this.stopped);
    await this.build();
  }

  private async receive(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, isRunning, isStale } = payload;
    const generation = this.generation;
    this.options.metrics.lag.set({ topic: batch.topic, partition: batch.partition }, Number(batch.offsetLag()));
    for (let start = 0; start < batch.messages.length; start += BATCH_MESSAGES_MAX) {
      const chunk = batch.messages.slice(start, start + BATCH_MESSAGES_MAX);
      const done = await this.withHeartbeat(payload, chunk);
      const last = chunk[done - 1]?.offset;
      if (last === undefined || !isRunning() || isStale() || generation !== this.generation) return;
      resolveOffset(last);
      const positions = this.next.get(batch.topic) ?? new Map<number, string>();
      this.next.set(batch.topic, positions.set(batch.partition, (BigInt(last) + 1n).toString()));
      if (done < chunk.length) return;
    }
  }

  private async withHeartbeat({ batch, heartbeat, isRunning }: EachBatchPayload, chunk: readonly KafkaMessage[]): Promise<number> {
    const beating = setInterval(() => {
      // A failed one is the group's business: the callback is told through isRunning and isStale.
      if (isRunning()) heartbeat().catch(() => undefined);
    }, HEARTBEAT_MS);
    try {
      return await (this.works.get(batch.topic)?.handle(batch.partition, chunk) ?? 0);
    } finally {
      clearInterval(beating);
    }
  }

  private tick(): void {
    if (Date.now() - this.heardAtMs < SILENCE_MAX_MS) this.options.health.ready(PART);
    else if (this.heardAtMs > 0) this.options.health.notReady(PART, 'hears nothing from Kafka');
    if (this.consumer !== undefined) void this.commit(this.consumer);
  }

  private async commit(consumer: Consumer): Promise<void> {
    const offsets = [...this.next].flatMap(([topic, positions]) => [...positions].map(([partition, offset]) => ({ topic, partition, offset })));
    if (offsets.length === 0) return;
    this.next.clear();
    // A lost commit costs repetitions, which the inbox recognises.
    await consumer.commitOffsets(offsets).catch((error: unknown) => this.options.log.debug({ err: error }, 'offsets could not be committed'));
  }
}
