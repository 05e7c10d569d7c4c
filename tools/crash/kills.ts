import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import type { Stage } from './stage.ts';

/** How long a victim stays away before it is started again: as quick as a supervisor, or as slow as one that backs off. */
const AWAY_MS = { min: 200, max: 2_000 };

export interface Kills {
  readonly victims: readonly string[];
  /** Spread over this time; later where a restart takes longer than its share. */
  readonly overMs: number;
}

/** `kill -9` of one after another, and each is started again. @returns what did not start again, one sentence each */
export async function killInTurn({ stack, chance }: Stage, { victims, overMs }: Kills): Promise<string[]> {
  const failures: string[] = [];
  const startedAtMs = performance.now();
  for (const [index, victim] of victims.entries()) {
    const momentMs = (overMs * (index + chance.next())) / victims.length;
    await wait(Math.max(0, startedAtMs + momentMs - performance.now()));
    const killedAtMs = Date.now();
    await stack.kill(victim, 'SIGKILL');
    await wait(chance.between(AWAY_MS.min, AWAY_MS.max));
    await stack.restart(victim).then(
      () => report('kill -9', `${victim}; ready again after`, killedAtMs),
      (error: unknown) => void failures.push(`${victim}: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
  return failures;
}
