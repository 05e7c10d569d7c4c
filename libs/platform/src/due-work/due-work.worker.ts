import type { Clock } from '../clock.js';
import { isTransient, type Database, type Statement } from '../database.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { pause, Wakeup } from '../wakeup.js';

export interface DueWorkerOptions {
  readonly kind: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Longer than the slowest thing `work` does, or another instance takes it up meanwhile. */
  readonly leaseMs: number;
  /** How much may be taken up now; nothing is claimed while it is zero. */
  readonly claimMax: () => number;
  /** Must end the work or give it a new date; what it leaves is taken up again after the lease. */
  readonly work: (keys: readonly string[]) => Promise<unknown>;
}

const IDLE_MS = 1_000;
/** The same once nothing was due for a while. */
const QUIET_MS = 2_000;
const QUIET_AFTER_MS = 10_000;
const FAILURE_MS = 1_000;

/**
 * The keys as an array, which is made once. Joined to the table, a plan made while it was empty looks for the keys anew for every
 * row that it passes, and each time claims as many as the limit allows.
 */
const CLAIM: Statement = {
  name: 'due-work-claim',
  text: `update due_work set leased_until = now() + $4 * interval '1 ms', attempts = attempts + 1
    where kind = $1 and key = any(array(
      select key from due_work where kind = $1 and due_at <= $2 and (leased_until is null or leased_until < now())
      order by due_at, key limit $3 for update skip locked))
    returning key`,
};

/** Takes up what is due, in order of date, together with the other instances. */
export class DueWorker {
  private readonly wakeup = new Wakeup();
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly options: DueWorkerOptions) {}

  /** Something became due just now. */
  readonly wake = (): void => this.wakeup.ring();

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wakeup.ring();
    await this.running;
  }

  private async run(): Promise<void> {
    const { kind, log } = this.options;
    let claimedAtMs = Date.now();
    while (!this.stopped) {
      this.wakeup.arm();
      try {
        const claimed = await this.claim();
        if (claimed > 0) claimedAtMs = Date.now();
        else await this.wakeup.wait(Date.now() - claimedAtMs > QUIET_AFTER_MS ? QUIET_MS : IDLE_MS);
      } catch (error) {
        log[isTransient(error) ? 'warn' : 'error']({ err: error, kind }, 'due work is taken up again later');
        await pause(FAILURE_MS, () => this.stopped);
      }
    }
  }

  private async claim(): Promise<number> {
    const { database, kind, clock, claimMax, leaseMs, metrics, work } = this.options;
    const limit = claimMax();
    const rows = limit <= 0 ? [] : await database.query<{ key: string }>(CLAIM, [kind, clock.now(), limit, leaseMs]);
    if (rows.length > 0) {
      metrics.dueWorkClaimed.inc({ kind }, rows.length);
      await work(rows.map((row) => row.key).sort());
    }
    return rows.length;
  }
}
