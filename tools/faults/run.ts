import { report } from '../bootstrap/progress.mjs';
import { Chance } from '../crash/chance.ts';
import { Checks } from '../crash/checks.ts';
import { unreadyServices } from '../crash/readiness.ts';
import type { Stack } from '../stack/stack.ts';
import { runBothFailing } from './both-failing.ts';
import { runCancelRaces } from './cancel-races.ts';
import { closeFaultStage, openFaultStage, type FaultStage } from './fault-stage.ts';
import { runLateMoney } from './late-money.ts';
import { runInquiriesFailing, runNotificationsDropped } from './lost-messages.ts';
import { runOutage } from './outage.ts';
import { runRefundsAtOnce } from './refunds-at-once.ts';
import { runStartsAtOnce } from './starts-at-once.ts';

type Run = (stage: FaultStage, isShort: boolean) => Promise<void>;

/** In the order in which they are run. */
const table = {
  'notifications-dropped': { run: runNotificationsDropped, isInShort: true },
  'inquiries-failing': { run: runInquiriesFailing, isInShort: true },
  'both-failing': { run: runBothFailing, isInShort: false },
  'concurrency': { run: runConcurrency, isInShort: true },
  'late-money': { run: runLateMoney, isInShort: true },
  'outage': { run: runOutage, isInShort: false },
} as const satisfies Record<string, { readonly run: Run; readonly isInShort: boolean }>;

export type Scenario = keyof typeof table;
export const scenarios = Object.keys(table) as Scenario[];

/** What the services of a stack need so that each scenario can keep its promises. */
export const FAULT_ENVIRONMENT = { ALIPAY_INQUIRIES_PER_SECOND: '200' };

export interface FaultTestOptions {
  /** All of them by default; in a short run, all that fit into a minute. */
  readonly only?: Scenario | undefined;
  readonly isShort: boolean;
  readonly seed: number;
}

/** Lets Alipay, the network and the customers misbehave on a stack; prints each check as it is made. Nothing misbehaves any more afterwards. */
export async function runFaultTest(stack: Stack, { only, isShort, seed }: FaultTestOptions): Promise<Checks> {
  const checks = new Checks();
  const stage = openFaultStage(stack, new Chance(seed), checks);
  report('seed', String(seed));
  try {
    for (const name of scenarios) {
      const { run, isInShort } = table[name];
      if (only === undefined ? isShort && !isInShort : only !== name) continue;
      await perform(stage, name, (on) => run(on, isShort));
    }
    checks.none('end', 'every customer could do as they wished', stage.customers.troubles);
    checks.none('end', 'every service is ready', await unreadyServices(stack));
  } finally {
    await closeFaultStage(stage);
  }
  return checks;
}

/** A scenario that breaks off has failed; the others are run all the same. */
async function perform(stage: FaultStage, name: Scenario, run: (stage: FaultStage) => Promise<void>): Promise<void> {
  const startedAtMs = Date.now();
  try {
    await run(stage);
  } catch (error) {
    stage.checks.none(name, 'it was run to its end', [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  } finally {
    await stage.alipay.mend();
  }
  report(name, 'done', startedAtMs);
}

async function runConcurrency(stage: FaultStage, isShort: boolean): Promise<void> {
  await runRefundsAtOnce(stage, isShort);
  await runStartsAtOnce(stage, isShort);
  await runCancelRaces(stage, isShort);
}
