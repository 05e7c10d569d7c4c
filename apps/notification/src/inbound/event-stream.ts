import type { ServerResponse } from 'node:http';
import type { StoreStream } from '../flows/follow-store.js';

/** What `receive` needs of an event that was told. */
interface Told {
  readonly sequence: bigint;
  readonly type: string;
  readonly tillId: string | null;
  readonly payload: string;
}

/** More than this unsent, and the client is dropped: it comes back with the last id it has seen. */
export const BUFFER_BYTES_MAX = 1_048_576;
/** A page of a replay waits for the client this long. */
const DRAIN_WAIT_MS = 10_000;
/** Below what proxies take for a dead connection. */
const HEARTBEAT_MS = 15_000;
/** What a browser waits before it comes back. */
const RETRY_MS = 1_000;

/** Server-sent events as in the HTML standard, for one client. */
export class EventStream implements StoreStream {
  private readonly heartbeat: NodeJS.Timeout;
  /** The last number this client could have been told, and the last it was told. */
  private at = 0n;
  private saidAt = 0n;

  constructor(private readonly response: ServerResponse, private readonly till: string | undefined) {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    // A client that goes away in the middle of a write is no news; the close event follows.
    response.on('error', () => undefined);
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    response.on('close', () => clearInterval(this.heartbeat));
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  startAt(sequence: bigint): void {
    this.at = this.saidAt = sequence;
    // An id without data moves the client's position and shows it nothing.
    this.write(`retry: ${RETRY_MS}\nid: ${sequence}\n\n`);
  }

  resync(sequence: bigint, reason: string): void {
    this.at = this.saidAt = sequence;
    this.write(`retry: ${RETRY_MS}\nid: ${sequence}\nevent: resync\ndata: ${JSON.stringify({ type: 'resync', reason })}\n\n`);
  }

  receive(events: readonly Told[]): void {
    let frames = '';
    for (const { sequence, type, tillId, payload } of events) {
      this.at = sequence;
      if (this.till !== undefined && this.till !== tillId) continue;
      this.saidAt = sequence;
      frames += `id: ${sequence}\nevent: ${type}\ndata: ${payload}\n\n`;
    }
    if (frames !== '') this.write(frames);
  }

  async drained(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.response.off('drain', done).off('close', done);
        resolve();
      };
      const timer = setTimeout(() => {
        this.response.destroy();
        done();
      }, DRAIN_WAIT_MS);
      this.response.once('drain', done).once('close', done);
    });
  }

  close(): void {
    this.response.end();
  }

  /** The id goes along when events for other tills have passed, or a later replay would have to begin far back. */
  private beat(): void {
    const id = this.at === this.saidAt ? '' : `id: ${this.at}\n`;
    this.saidAt = this.at;
    this.write(`: heartbeat\n${id}\n`);
  }

  private write(text: string): void {
    if (!this.isOpen) return;
    this.response.write(text);
    if (this.response.writableLength > BUFFER_BYTES_MAX) this.response.destroy();
  }
}
