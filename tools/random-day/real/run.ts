import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomInt } from 'node:crypto';
import { Problem, tell } from '../../bootstrap/problem.mjs';
import { report } from '../../bootstrap/progress.mjs';
import { readDemo } from '../../stack/demo.ts';
import { DEFAULT_DATA_FOLDER, TEST_FOLDER_PREFIX, dataFolder } from '../../stack/data-folder.ts';
import { freePorts } from '../../stack/ports.ts';
import { startStack, type Stack } from '../../stack/stack.ts';
import { onStopSignal } from '../../stop-signals.ts';
import { SEED_MAX } from '../options.mjs';
import { BusinessTime } from './business-time.ts';
import { liveDay, type DayResult, type Stage } from './day.ts';
import { readRealOptions } from './options.mjs';
import { hashOf, planDay, type DayPlan } from './plan.ts';
import { tellDay } from './report.ts';
import { storyOf } from './story.ts';

const COMMAND = 'npm run random-day';
/** Business seconds in a real one. Slower with kills: a restart takes real seconds, and customers would all have gone by then. */
const CLOCK_SCALE = { calm: 20, withKills: 12 };
/** Real time, as every time-out: up to 30 s of business time. */
const ALIPAY_TIMEOUT_MS = 1_500;
const RETRY_SCALE = 20;
const STORIES_MAX = 3;
const EXIT_INTERRUPTED = 130;

const options = readRealOptions(process.argv.slice(2));
const first = options.seeds?.from ?? options.seed ?? randomInt(SEED_MAX);
const last = options.seeds?.to ?? first;
const plans = Array.from({ length: last - first + 1 }, (_, index) => planDay({ seed: first + index, orders: options.orders, minutes: options.minutes, withKills: options.kills }));

const folder = dataFolder(join(DEFAULT_DATA_FOLDER, `${TEST_FOLDER_PREFIX}day-${process.pid}`));
const asked = new AbortController();
const died: string[] = [];
let stack: Stack | undefined;

if (options.plan) {
  for (const plan of plans) process.stdout.write(`${JSON.stringify({ hash: hashOf(plan), ...plan }, null, 2)}\n`);
} else {
  onStopSignal({
    first: () => asked.abort(new Problem('Stopped before the end.')),
    again: () => report('stopping', 'press Ctrl-C once more to kill what is left'),
    last: () => {
      for (const pid of Object.values(stack?.pids() ?? {})) process.kill(pid, 'SIGKILL');
      process.exit(EXIT_INTERRUPTED);
    },
  });
  process.exit(await run());
}

/** @returns the exit code */
async function run(): Promise<number> {
  let hasPassed = false;
  try {
    const time = new BusinessTime(options.kills ? CLOCK_SCALE.withKills : CLOCK_SCALE.calm);
    stack = await startStack({
      dataDir: folder.path,
      ports: await freePorts(),
      command: COMMAND,
      databasePrefix: 'random_day_test',
      env: { ...ownEnvironment(), ...time.env(), ALIPAY_TIMEOUT_MS: String(ALIPAY_TIMEOUT_MS), SIMULATOR_RETRY_SCALE: String(RETRY_SCALE) },
      signal: asked.signal,
      onDeath: (name, how, logFile) => void died.push(`${name} ended by itself (${how}); its log is ${logFile}`),
    });
    const untilAsked = new Promise<never>((_, reject) => asked.signal.addEventListener('abort', () => reject(asked.signal.reason as Error), { once: true }));
    hasPassed = await Promise.race([liveDays({ stack, time, signal: asked.signal }), untilAsked]);
  } catch (error) {
    tell(error);
  } finally {
    await stack?.stop();
    if (hasPassed && !options.keep) forgetRun();
    else report('kept', folder.path);
  }
  return hasPassed ? 0 : asked.signal.aborted ? EXIT_INTERRUPTED : 1;
}

/** Each day sells orders of its own; the stack goes on from day to day. */
async function liveDays(stage: Stage): Promise<boolean> {
  const results: (DayResult & { readonly stories: Readonly<Record<string, readonly string[]>> })[] = [];
  for (const plan of plans) {
    report(`day ${plan.seed}`, `plan ${hashOf(plan)}: ${plan.sales.length} orders, ${plan.outages.length} outages, ${plan.kills.length} kills, ${Math.round(plan.faults.rate * 100)} % of calls go wrong`);
    const result = await liveDay(stage, plan);
    const violations = [...result.violations, ...died.splice(0)];
    const stories = await storiesOf(stage.stack, result);
    results.push({ ...result, violations, stories });
    tellDay({ ...result, violations }, stories, plan);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ days: results, plans: plans.map(sizeOf) }, null, 2)}\n`);
  }
  const failed = results.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed);
  report(failed.length === 0 ? 'passed' : 'FAILED', failed.length === 0 ? `${textOf(results)}: nothing lost, nothing double, every invariant holds` : `seeds ${failed.join(', ')}`);
  return failed.length === 0;
}

function textOf(results: readonly DayResult[]): string {
  const sum = (of: (result: DayResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const kills = sum((result) => Object.values(result.kills).reduce((total, times) => total + times, 0));
  return `${results.length} random days from seed ${first}, ${sum(({ audit }) => audit.counts.orders)} orders, ${kills} kills, ${sum(({ seconds }) => seconds)} s`;
}

async function storiesOf({ folder: { demoFile } }: Stack, { astray }: DayResult): Promise<Record<string, string[]>> {
  const stories: Record<string, string[]> = {};
  for (const orderId of astray.slice(0, STORIES_MAX)) stories[orderId] = await storyOf(readDemo(demoFile), orderId);
  return stories;
}

function sizeOf(plan: DayPlan) {
  const { seed, orders, minutes, withKills, faults, outages, kills } = plan;
  return { seed, hash: hashOf(plan), orders, minutes, withKills, faults, outages, kills };
}

/** Without what would point it at a system that somebody else uses, or run its clock and customers in another way. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^KAFKA_BROKERS$|_DATABASE_URL$|^SIMULATOR_|^CLOCK_|^ALIPAY_/.test(name)));
}

function forgetRun(): void {
  rmSync(folder.path, { recursive: true, force: true });
  rmSync(folder.postgresElsewhere, { recursive: true, force: true });
}
