import { report } from '../bootstrap/progress.mjs';
import type { Stack } from '../stack/stack.ts';
import { Chance } from './chance.ts';
import { Checks } from './checks.ts';
import { beginCrash } from './crash.ts';
import { runInstances } from './instances.ts';
import { runPoison } from './poison.ts';
import { unreadyServices } from './readiness.ts';
import { closeStage, openStage, type Stage } from './stage.ts';

export const parts = ['crash', 'poison', 'instances'] as const;
export type Part = (typeof parts)[number];

export interface CrashTestOptions {
  /** All of them by default. */
  readonly only?: Part | undefined;
  /** A few hundred orders and one or two minutes, for every run of all tests. */
  readonly isShort: boolean;
  readonly seed: number;
}

/**
 * Kills, poisons and doubles the processes of a stack under load; prints each check as it is made. The stack is whole again afterwards.
 * In the short run the other parts go on while orders that nobody pays wait for their deadline.
 */
export async function runCrashTest(stack: Stack, { only, isShort, seed }: CrashTestOptions): Promise<Checks> {
  const wanted = (part: Part): boolean => only === undefined || only === part;
  const checks = new Checks();
  const stage = openStage(stack, new Chance(seed), checks);
  report('seed', String(seed));
  try {
    const endCrash = wanted('crash') ? await beginCrash(stage, isShort) : undefined;
    if (!isShort) await endCrash?.();
    if (wanted('poison')) await runPoison(stage, isShort);
    if (wanted('instances')) await runInstances(stage, isShort);
    if (isShort) await endCrash?.();
    await checkHealth(stage);
  } finally {
    await closeStage(stage);
  }
  return checks;
}

async function checkHealth({ stack, customers, checks }: Stage): Promise<void> {
  checks.none('end', 'every service is ready', await unreadyServices(stack));
  checks.none('end', 'every customer could do as they wished', customers.troubles);
}
