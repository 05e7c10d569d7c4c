import type { Producer, TopicMessages } from 'kafkajs';
import pg from 'pg';
import { BIGINT_TYPES } from '../database.js';
import type { Health } from '../health.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { pause, Wakeup } from '../wakeup.js';
import { RelayLock } from './relay-lock.js';

interface Row {
  readonly id: bigint;
  readonly topic: string;
  readonly key: string | null;
  readonly headers: string;
  readonly payload: string | null;
  readonly bytes: Buffer | null;
  readonly age_seconds: number;
}

export interface RelayOptions {
  readonly url: string;
  readonly service: string;
  readonly producer: Producer;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

const READ_ROWS_MAX = 1_500;
/**
 * What one topic may be sent at once. All of it may fall into one partition, whose batch the broker holds against
 * `max.message.bytes` (1 MiB): what is refused for its size would be read, sent and refused for ever.
 */
const SEND_BYTES_MAX = 900_000;
/** Of a record besides its value: key, headers, framing. */
const RECORD_OVERHEAD_BYTES = 512;
/** Slower transactions commit rows with lower ids after higher ones were sent. */
const LATE_IDS = 1_000n;
const FULL_LOOK_MS = 1_000;
const BUSY_MS = 20;
/** For what another instance committed; our own commits ring the bell. */
const IDLE_MAX_MS = 100;
/** The same once nothing was sent for a while. */
const QUIET_MAX_MS = 800;
const QUIET_AFTER_MS = 10_000;
const SEND_TIMEOUT_MS = 10_000;
const NOT_LEADER_MS = 1_000;
const FAILURE_MS = 500;

/**
 * Carries the outbox to Kafka in the order of its ids: one batch in flight, the next is read while the last is deleted. After a
 * failure everything unsent is sent again; receivers recognise what they had.
 */
export class OutboxRelay {
  private readonly wakeup = new Wakeup();
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly options: RelayOptions) {}

  /** Something was committed: look now. */
  readonly wake = (): void => this.wakeup.ring();

  start(): void {
    this.options.health.notReady('outbox', 'not connected yet');
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wakeup.ring();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.options.producer.connect();
        const lock = await RelayLock.tryTake(this.options.url, `${this.options.service}-relay`);
        if (lock === undefined) {
          this.options.health.ready('outbox');
          await pause(NOT_LEADER_MS, () => this.stopped);
        } else await this.lead(lock).finally(() => lock.release());
      } catch (error) {
        this.options.health.notReady('outbox', 'events cannot be sent at the moment');
        this.options.log.warn({ err: error }, 'the outbox relay starts again');
        await pause(FAILURE_MS, () => this.stopped);
      }
    }
  }

  private async lead(lock: RelayLock): Promise<void> {
    const connections = [0, 1].map((n) => new pg.Client({ connectionString: this.options.url, application_name: `${this.options.service}-relay-${n}`, keepAlive: true, types: BIGINT_TYPES, connectionTimeoutMillis: SEND_TIMEOUT_MS, statement_timeout: SEND_TIMEOUT_MS, query_timeout: 2 * SEND_TIMEOUT_MS, options: '-c enable_seqscan=off -c jit=off' }));
    const [reader, deleter] = connections as [pg.Client, pg.Client];
    try {
      for (const connection of connections) {
        connection.on('error', (error) => this.options.log.warn({ err: error }, 'a relay connection was lost'));
        await connection.connect();
      }
      this.options.health.ready('outbox');
      await this.carry(lock, reader, deleter);
    } finally {
      await Promise.all(connections.map((connection) => connection.end().catch(() => undefined)));
    }
  }

  private async carry(lock: RelayLock, reader: pg.Client, deleter: pg.Client): Promise<void> {
    let leaving = new Set<bigint>();
    let deletion: Promise<unknown> = Promise.resolve();
    let highest = 0n;
    let fullLookAtMs = 0;
    let sentAtMs = 0;
    let idleMs = BUSY_MS;
    while (!this.stopped || leaving.size > 0) {
      this.wakeup.arm();
      const isFullLook = Date.now() - fullLookAtMs >= FULL_LOOK_MS;
      if (isFullLook) fullLookAtMs = Date.now();
      const from = isFullLook || highest < LATE_IDS ? 0n : highest - LATE_IDS;
      const found = await this.read(reader, from);
      if (isFullLook) this.options.metrics.outboxOldestSeconds.set(found[0]?.age_seconds ?? 0);
      const rows = fitting(found.filter((row) => !leaving.has(row.id)));
      if (rows.length === 0) {
        // A deletion that failed leaves rows that nobody would look at again.
        await deletion;
        leaving = new Set();
        if (this.stopped) break;
        idleMs = Math.min(idleMs * 2, Date.now() - sentAtMs > QUIET_AFTER_MS ? QUIET_MAX_MS : IDLE_MAX_MS);
        await this.wakeup.wait(idleMs);
        continue;
      }
      idleMs = BUSY_MS;
      if (!lock.isHeld) throw new Error('the relay lost its lock');
      await this.send(rows);
      sentAtMs = Date.now();
      await deletion;
      const ids = rows.map((row) => row.id);
      leaving = new Set(ids);
      highest = ids.reduce((max, id) => (id > max ? id : max), highest);
      deletion = deleter.query({ name: 'outbox-delete', text: 'delete from outbox where id = any($1::bigint[])', values: [ids] });
      deletion.catch(() => undefined);
      // A few milliseconds let the next batch grow: the price is per send, not per event.
      await pause(BUSY_MS);
    }
    await deletion;
  }

  private async read(reader: pg.Client, from: bigint): Promise<Row[]> {
    const { rows } = await reader.query<Row>({
      name: 'outbox-read',
      text: 'select id, topic, key, headers, payload, bytes, extract(epoch from now() - created_at)::float8 as age_seconds from outbox where id > $1::bigint order by id limit $2',
      values: [from, READ_ROWS_MAX],
    });
    return rows;
  }

  private async send(rows: readonly Row[]): Promise<void> {
    const byTopic = new Map<string, TopicMessages>();
    for (const row of rows) {
      const entry = byTopic.get(row.topic) ?? { topic: row.topic, messages: [] };
      entry.messages.push({ key: row.key, value: row.payload ?? row.bytes, headers: JSON.parse(row.headers) as Record<string, string> });
      byTopic.set(row.topic, entry);
    }
    await this.options.producer.sendBatch({ acks: -1, timeout: SEND_TIMEOUT_MS, topicMessages: [...byTopic.values()] });
    this.options.metrics.outboxSent.inc(rows.length);
    this.options.health.ready('outbox');
  }
}

/** As many rows from the beginning as one send takes. One that is larger than that goes alone. */
function fitting(rows: readonly Row[]): readonly Row[] {
  const bytes = new Map<string, number>();
  const end = rows.findIndex(({ topic, headers, payload, bytes: raw }, index) => {
    const size = (bytes.get(topic) ?? 0) + RECORD_OVERHEAD_BYTES + headers.length + (payload === null ? (raw?.length ?? 0) : Buffer.byteLength(payload));
    bytes.set(topic, size);
    return index > 0 && size > SEND_BYTES_MAX;
  });
  return end < 0 ? rows : rows.slice(0, end);
}
