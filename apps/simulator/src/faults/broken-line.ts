import type { FastifyReply } from 'fastify';

/** Calls that nobody answers, at once; more of them lose their connection instead. */
export const HELD_MAX = 10_000;

/** What happens to calls between Alipay and the merchant. */
export class BrokenLine {
  private readonly held = new Set<FastifyReply>();
  private readonly waits = new Map<NodeJS.Timeout, () => void>();
  private isClosed = false;

  /** The caller hears nothing until it loses patience. */
  hold(reply: FastifyReply): FastifyReply {
    if (this.isClosed || this.held.size >= HELD_MAX) return this.reset(reply);
    this.held.add(reply);
    reply.raw.once('close', () => this.held.delete(reply));
    return reply.hijack();
  }

  /** RST instead of an answer. */
  reset(reply: FastifyReply): FastifyReply {
    reply.hijack();
    reply.raw.socket?.resetAndDestroy();
    return reply;
  }

  /** Ends early when the simulator stops. */
  async wait(ms: number, reply: FastifyReply): Promise<void> {
    if (!this.isClosed) await this.pause(ms);
    // The listener waits for open connections, and the caller would keep this one.
    if (this.isClosed) reply.header('connection', 'close');
  }

  /** Lets go of everybody, so that the listener can close. */
  close(): void {
    this.isClosed = true;
    for (const reply of this.held) reply.raw.socket?.resetAndDestroy();
    for (const [timer, resolve] of this.waits) {
      clearTimeout(timer);
      resolve();
    }
    this.waits.clear();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waits.delete(timer);
        resolve();
      }, ms);
      this.waits.set(timer, resolve);
    });
  }
}
