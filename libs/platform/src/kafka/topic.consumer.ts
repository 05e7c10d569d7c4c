import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { Batcher } from '../batcher.js';
import type { Health } from '../health.js';
import type { Batch, BatchOutcome, Message } from '../inbox/message.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { pause } from '../wakeup.js';

export interface TopicConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topic: string;
  readonly dispatch: (batch: Batch) => Promise<BatchOutcome>;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

export const BATCH_MESSAGES_MAX = 500;
const PARTITIONS_AT_ONCE_MAX = 64;
/** Long polls: a message still comes at once, and an idle consumer asks no more often than its heartbeats need. */
const FETCH_WAIT_MS = 2_000;
const SESSION_TIMEOUT_MS = 9_000;
const REBALANCE_TIMEOUT_MS = 15_000;
/** Under Kafka's session timeout, so a consumer that is backing off keeps its partitions. */
const HEARTBEAT_MS = 2_500;
const COMMIT_MS = 1_000;
const SILENCE_MAX_MS = 3 * HEARTBEAT_MS;
const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 5_000;
const REBUILD_MS = 1_000;
const REBUILDS_MAX = 60;

type Handled = 'done' | 'left';

/**
 * One consumer of one topic. The partitions' callbacks hand their messages to one batcher, which commits them together; offsets
 * are committed once a second for all partitions, and the inbox makes a repetition harmless.
 */
export class TopicConsumer {
  private consumer: Consumer | undefined;
  private readonly batcher: Batcher<Message, Handled>;
  private readonly next = new Map<number, string>();
  /** The first message of each partition that only a newer version of this service understands. */
  private readonly pausedFrom = new Map<number, bigint>();
  private generation = 0;
  private heardAtMs = 0;
  private rebuilds = 0;
  private stopped = false;
  private halted = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: TopicConsumerOptions) {
    this.batcher = new Batcher((messages) => this.settle(messages), { maxItems: BATCH_MESSAGES_MAX });
  }

  private get part(): string {
    return `consumer ${this.options.topic}`;
  }

  async start(): Promise<void> {
    this.options.health.notReady(this.part, 'has not joined its group yet');
    this.timer = setInterval(() => this.tick(), COMMIT_MS);
    await this.build();
  }

  async stop(): Promise<void> {
    this.stopped = true;
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
        return;
      } catch (error) {
        this.options.health.notReady(this.part, 'Kafka cannot be reached');
        this.options.log.warn({ err: error, topic: this.options.topic }, 'the consumer could not be started; trying again');
        await pause(REBUILD_MS, () => this.stopped);
      }
    }
  }

  private async connect(): Promise<Consumer> {
    const { kafka, groupId, topic, log } = this.options;
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
      this.resumeAll(consumer);
      this.rebuilds = 0;
      heard();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      log.warn({ err: payload.error, topic }, 'the consumer crashed');
      if (!payload.restart) void this.rebuild(consumer);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE_MAX,
      eachBatch: (payload) => this.receive(payload),
    });
    return consumer;
  }

  private async rebuild(crashed: Consumer): Promise<void> {
    if (this.stopped || this.halted || crashed !== this.consumer) return;
    this.consumer = undefined;
    this.rebuilds += 1;
    if (this.rebuilds > REBUILDS_MAX) this.options.health.notAlive(`${this.part} could not be rebuilt`);
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
      this.next.set(batch.partition, (BigInt(last) + 1n).toString());
      if (done < chunk.length) return;
    }
  }

  /** Returns how many messages from the beginning of the chunk are done with. */
  private async withHeartbeat({ batch, heartbeat, isRunning }: EachBatchPayload, chunk: readonly KafkaMessage[]): Promise<number> {
    const beating = setInterval(() => {
      // A failed one is the group's business: the callback is told through isRunning and isStale.
      if (isRunning()) heartbeat().catch(() => undefined);
    }, HEARTBEAT_MS);
    try {
      const results = await Promise.all(chunk.map((message) => this.batcher.add(toMessage(batch.topic, batch.partition, message))));
      const left = results.indexOf('left');
      return left < 0 ? results.length : left;
    } finally {
      clearInterval(beating);
    }
  }

  /** Never throws: an exception here would stop the consumer for good while the process stays up. */
  private async settle(messages: readonly Message[]): Promise<Handled[]> {
    let waitMs = RETRY_FIRST_MS;
    while (!this.stopped && !this.halted) {
      const open = messages.filter((message) => !this.isPaused(message));
      const outcome = await this.dispatchSafely(open);
      if (outcome.kind === 'done') {
        this.options.health.ready(`${this.part} work`);
        return messages.map((message) => (this.isPaused(message) ? 'left' : 'done'));
      }
      if (outcome.kind === 'unknown-version') this.pausePartition(outcome);
      else if (outcome.kind === 'too-many-defects') this.halt();
      else {
        this.options.health.notReady(`${this.part} work`, 'waits for a dependency');
        this.options.log.warn({ err: outcome.error, topic: this.options.topic }, 'a batch waits for a dependency');
        await pause(waitMs * (0.5 + Math.random() / 2), () => this.stopped);
        waitMs = Math.min(waitMs * 2, RETRY_MAX_MS);
      }
    }
    return messages.map(() => 'left');
  }

  private async dispatchSafely(batch: Batch): Promise<BatchOutcome> {
    if (batch.length === 0) return { kind: 'done' };
    try {
      return await this.options.dispatch(batch);
    } catch (error) {
      return { kind: 'unavailable', error };
    }
  }

  private isPaused({ partition, offset }: Message): boolean {
    const from = this.pausedFrom.get(partition);
    return from !== undefined && BigInt(offset) >= from;
  }

  private pausePartition({ partition, offset, type }: Extract<BatchOutcome, { kind: 'unknown-version' }>): void {
    this.pausedFrom.set(partition, BigInt(offset));
    this.options.health.notReady(this.partOf(partition), `a newer version of ${type} arrived; deploy the consumer first`);
    this.options.log.error({ topic: this.options.topic, partition, type }, 'paused at a version that is not known here');
    this.consumer?.pause([{ topic: this.options.topic, partitions: [partition] }]);
  }

  /** After a rebalance the partition may be somebody else's; if it is still ours, the same message pauses it again. */
  private resumeAll(consumer: Consumer): void {
    for (const partition of this.pausedFrom.keys()) {
      consumer.resume([{ topic: this.options.topic, partitions: [partition] }]);
      this.options.health.ready(this.partOf(partition));
    }
    this.pausedFrom.clear();
  }

  private partOf(partition: number): string {
    return `${this.part} partition ${partition}`;
  }

  private halt(): void {
    this.halted = true;
    this.options.health.notReady(this.part, 'stopped: too many messages failed within a minute; offsets are kept');
    this.options.log.error({ topic: this.options.topic }, 'the consumer stops: too many messages failed within a minute');
    // Not awaited: it waits for the callback that this runs in.
    void this.consumer?.stop().catch(() => undefined);
  }

  private tick(): void {
    if (this.halted) return;
    if (Date.now() - this.heardAtMs < SILENCE_MAX_MS) this.options.health.ready(this.part);
    else if (this.heardAtMs > 0) this.options.health.notReady(this.part, 'hears nothing from Kafka');
    if (this.consumer !== undefined) void this.commit(this.consumer);
  }

  private async commit(consumer: Consumer): Promise<void> {
    if (this.next.size === 0) return;
    const offsets = [...this.next].map(([partition, offset]) => ({ topic: this.options.topic, partition, offset }));
    this.next.clear();
    // A lost commit costs repetitions, which the inbox recognises.
    await consumer.commitOffsets(offsets).catch((error: unknown) => this.options.log.debug({ err: error }, 'offsets could not be committed'));
  }
}

function toMessage(topic: string, partition: number, message: KafkaMessage): Message {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    if (value !== undefined) headers[storable(name)] = storable((Array.isArray(value) ? value[0]! : value).toString());
  }
  return {
    topic, partition, offset: message.offset, headers,
    key: message.key === null ? null : storable(message.key.toString('utf8')),
    value: message.value ?? Buffer.alloc(0),
    timestampMs: Number(message.timestamp),
  };
}

/** PostgreSQL keeps no NUL in a text: a key or header with one could be neither handled nor set aside. */
function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}
