import type { KafkaMessage } from 'kafkajs';
import { Batcher } from '../batcher.js';
import type { Health } from '../health.js';
import type { Batch, BatchOutcome, Message } from '../inbox/message.js';
import type { Log } from '../log.js';
import { pause } from '../wakeup.js';

export interface TopicWorkOptions {
  readonly topic: string;
  readonly dispatch: (batch: Batch) => Promise<BatchOutcome>;
  /** Asks Kafka for no more of these partitions; of the whole topic where none is named. */
  readonly pause: (partitions?: number[]) => void;
  readonly health: Health;
  readonly log: Log;
}

export const BATCH_MESSAGES_MAX = 500;
const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 5_000;

type Handled = 'done' | 'left';

/** What is done with the messages of one topic, whichever partitions they come from: all partitions' callbacks feed one batcher, which commits them together. */
export class TopicWork {
  private readonly batcher: Batcher<Message, Handled>;
  /** The first message of each partition that only a newer version of this service understands. */
  private readonly pausedFrom = new Map<number, bigint>();
  private stopped = false;
  private halted = false;

  constructor(private readonly options: TopicWorkOptions) {
    this.batcher = new Batcher((messages) => this.settle(messages), { maxItems: BATCH_MESSAGES_MAX });
  }

  get isHalted(): boolean {
    return this.halted;
  }

  private get part(): string {
    return `consumer ${this.options.topic}`;
  }

  stop(): void {
    this.stopped = true;
  }

  /** Returns how many messages from the beginning of the chunk are done with. Never throws. */
  async handle(partition: number, chunk: readonly KafkaMessage[]): Promise<number> {
    const results = await Promise.all(chunk.map((message) => this.batcher.add(toMessage(this.options.topic, partition, message))));
    const left = results.indexOf('left');
    return left < 0 ? results.length : left;
  }

  /** Partitions were handed out anew: if a paused one is still ours, the same message pauses it again. @returns which were paused */
  forgetPaused(): number[] {
    const partitions = [...this.pausedFrom.keys()];
    for (const partition of partitions) this.options.health.ready(this.partOf(partition));
    this.pausedFrom.clear();
    return partitions;
  }

  /** Never throws: an exception here would stop the consumer for good while the process stays up. */
  private async settle(messages: readonly Message[]): Promise<Handled[]> {
    const { health, log, topic } = this.options;
    let waitMs = RETRY_FIRST_MS;
    while (!this.stopped && !this.halted) {
      const open = messages.filter((message) => !this.isPaused(message));
      const outcome = await this.dispatchSafely(open);
      if (outcome.kind === 'done') {
        health.ready(`${this.part} work`);
        return messages.map((message) => (this.isPaused(message) ? 'left' : 'done'));
      }
      if (outcome.kind === 'unknown-version') this.pausePartition(outcome);
      else if (outcome.kind === 'too-many-defects') this.halt();
      else {
        health.notReady(`${this.part} work`, 'waits for a dependency');
        log.warn({ err: outcome.error, topic }, 'a batch waits for a dependency');
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
    this.options.pause([partition]);
  }

  private partOf(partition: number): string {
    return `${this.part} partition ${partition}`;
  }

  private halt(): void {
    this.halted = true;
    this.options.health.notReady(this.part, 'stopped: too many messages failed within a minute; offsets are kept');
    this.options.log.error({ topic: this.options.topic }, 'the consumer stops: too many messages failed within a minute');
    this.options.pause();
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
