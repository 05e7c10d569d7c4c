import { z } from 'zod';

const SECONDS_MAX = 86_400;

export const outageModes = ['refuse', 'black-hole', 'http-5xx'] as const;
export type OutageMode = (typeof outageModes)[number];

/** Alipay is down for all merchants. Wallets, notifications and the control surface go on. */
export const outageRequest = z.strictObject({
  mode: z.enum(outageModes),
  /** Real time; until it is ended where nothing is said. */
  seconds: z.number().positive().max(SECONDS_MAX).optional(),
  status: z.number().int().min(500).max(599).default(503),
});
export type OutageRequest = z.output<typeof outageRequest>;

export interface RunningOutage {
  readonly mode: OutageMode;
  readonly status: number;
  /** Real time in epoch milliseconds. */
  readonly endsAt: number;
}

export class Outage {
  /** Calls that met it, since the start. */
  readonly counts: Record<OutageMode, number> = { 'refuse': 0, 'black-hole': 0, 'http-5xx': 0 };
  private running: RunningOutage | undefined;

  get current(): RunningOutage | undefined {
    if (this.running && Date.now() >= this.running.endsAt) this.running = undefined;
    return this.running;
  }

  begin({ mode, seconds, status }: OutageRequest): void {
    this.running = { mode, status, endsAt: seconds === undefined ? Infinity : Date.now() + seconds * 1_000 };
  }

  end(): void {
    this.running = undefined;
  }
}
