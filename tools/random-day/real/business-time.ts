import { setTimeout as wait } from 'node:timers/promises';

/** The clock that every process of the stack is given: it runs faster, since the same moment for all. */
export class BusinessTime {
  readonly scale: number;
  private readonly sinceMs = Date.now();

  constructor(scale: number) {
    this.scale = scale;
  }

  nowMs(): number {
    return this.sinceMs + (Date.now() - this.sinceMs) * this.scale;
  }

  env(): NodeJS.ProcessEnv {
    return { CLOCK_SCALE: String(this.scale), CLOCK_SCALE_SINCE: new Date(this.sinceMs).toISOString() };
  }

  async pass(seconds: number): Promise<void> {
    await wait(Math.max(0, (seconds * 1_000) / this.scale));
  }

  async until(businessMs: number): Promise<void> {
    await this.pass((businessMs - this.nowMs()) / 1_000);
  }
}
