import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../../bootstrap/progress.mjs';
import type { Stack } from '../../stack/stack.ts';
import { ask } from './ask.ts';
import type { DayPlan, PlannedKill, PlannedOutage } from './plan.ts';

/** A service that starts while its database is away may give up; whoever supervises it tries again. */
const STARTS_MAX = 5;
const START_AGAIN_MS = 1_000;

interface Struck {
  readonly operation: string;
  readonly fault: { readonly kind: string };
  readonly struck: number;
}

/** Everything that goes wrong on purpose: faults and outages of Alipay, and kills. */
export class Weather {
  /** How often each fault struck; a simulator that was killed has forgotten its own. */
  readonly struck = new Map<string, number>();
  readonly unstarted: string[] = [];
  private readonly stack: Stack;
  private readonly plan: DayPlan;
  private readonly signal: AbortSignal;
  private readonly turns = new Map<string, Promise<void>>();
  private readonly storms: Promise<void>[] = [];

  /** @param signal nothing is started again after it */
  constructor(stack: Stack, plan: DayPlan, signal: AbortSignal) {
    this.stack = stack;
    this.plan = plan;
    this.signal = signal;
  }

  /** @returns when faults are set; outages and kills follow in their time */
  async begin(): Promise<void> {
    await this.setFaults();
    this.storms.push(...this.plan.outages.map((outage) => this.cutOff(outage)), ...this.plan.kills.map((kill) => this.kill(kill)));
  }

  /** Waits until everything runs again, and lifts what is left. */
  async end(): Promise<void> {
    await Promise.all(this.storms);
    await this.countFaults();
    await ask({ url: this.control('faults'), method: 'DELETE' });
    await ask({ url: this.control('outage'), method: 'DELETE' });
  }

  private control(what: string): string {
    return `${this.stack.urls.simulator}/control/${what}`;
  }

  private async setFaults(): Promise<void> {
    await ask({ url: this.control('faults'), method: 'PUT', body: this.plan.faults });
  }

  private async countFaults(): Promise<void> {
    const { body } = await ask({ url: this.control('faults'), method: 'GET' });
    for (const { operation, fault, struck } of (body as { rules: readonly Struck[] }).rules) {
      const name = `${operation} ${fault.kind}`;
      if (struck > 0) this.struck.set(name, (this.struck.get(name) ?? 0) + struck);
    }
  }

  private async cutOff({ atMs, mode, seconds }: PlannedOutage): Promise<void> {
    await wait(atMs);
    // Killed at this moment, it is away already.
    await fetch(this.control('outage'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mode, seconds }) }).catch(() => undefined);
  }

  /** One after another for each victim: who is down cannot be killed. */
  private async kill({ atMs, victim, awayMs }: PlannedKill): Promise<void> {
    await wait(atMs);
    const turn = (this.turns.get(victim) ?? Promise.resolve()).then(async () => {
      if (victim === 'simulator') await this.countFaults().catch(() => undefined);
      const killedAtMs = Date.now();
      await this.stack.kill(victim, 'SIGKILL');
      await wait(awayMs);
      await this.startAgain(victim, killedAtMs);
      if (victim === 'simulator') await this.setFaults();
    });
    this.turns.set(victim, turn);
    await turn;
  }

  private async startAgain(victim: string, killedAtMs: number): Promise<void> {
    for (let start = 1; ; start += 1) {
      if (this.signal.aborted) return;
      try {
        await this.stack.restart(victim);
        return report('kill -9', `${victim}; ready again after`, killedAtMs);
      } catch (error) {
        if (start === STARTS_MAX) return void this.unstarted.push(`${victim} did not start again: ${error instanceof Error ? error.message : String(error)}`);
        await wait(START_AGAIN_MS);
      }
    }
  }
}
