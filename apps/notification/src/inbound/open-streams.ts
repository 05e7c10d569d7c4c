import { ProblemException, type ApiKey, type Directory } from '@scantill/platform';
import type { EventStream } from './event-stream.js';

/** A revoked key is refused everywhere within a second, on streams too. */
const CHECK_MS = 400;

/** The event streams of this instance: how many there may be, and whose. */
export class OpenStreams {
  private readonly streams = new Map<EventStream, ApiKey>();
  private reserved = 0;
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(private readonly directory: Directory, private readonly max: number) {}

  stop(): void {
    this.isStopping = true;
    clearInterval(this.timer);
    for (const stream of this.streams.keys()) stream.close();
  }

  /** Takes a place; whoever takes one gives it back with `leave`. */
  enter(): void {
    if (this.isStopping) throw new ProblemException('service.unavailable');
    if (this.reserved >= this.max) throw new ProblemException('stream.too-many');
    this.reserved += 1;
  }

  add(stream: EventStream, caller: ApiKey): void {
    this.streams.set(stream, caller);
    this.timer ??= setInterval(() => this.closeRevoked(), CHECK_MS);
    if (this.isStopping) stream.close();
  }

  leave(stream?: EventStream): void {
    this.reserved -= 1;
    if (stream !== undefined) this.streams.delete(stream);
  }

  private closeRevoked(): void {
    if (this.streams.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    for (const [stream, caller] of this.streams) {
      const key = this.directory.apiKey(caller.sha256);
      const isValid = key !== undefined && key.scopes.includes('orders') && key.chainId === caller.chainId && key.storeId === caller.storeId;
      if (!isValid) stream.close();
    }
  }
}
