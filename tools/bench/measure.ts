import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../bootstrap/problem.mjs';
import { readDemo } from '../stack/demo.ts';
import { profilesFolder, type BenchStack } from './bench-stack.ts';
import { cpuBetween, readCpu, type CpuUse } from './cpu.ts';
import { closedLoop, openLoop, type Load } from './load.ts';
import type { BenchOptions } from './options.mjs';
import { Profiler } from './profiler.ts';
import { reportProgress } from './progress.ts';
import { Tally } from './tally.ts';
import { Tills } from './tills.ts';
import type { Window } from './told-orders.ts';

export interface Measured {
  readonly window: Window;
  readonly tally: Tally;
  readonly cpu: CpuUse;
  /** With `--profile`: what the processes did in the window, per order. */
  readonly explain: ((orders: number) => string) | undefined;
}

const CALLERS = 256;
/** Warms up as much code as full load does, and leaves no backlog. */
const CALLERS_WARMING = 64;
/** As many as may wait at once when the system stalls for a while; a queue in the driver would hide that they do. */
const CONNECTIONS_SCHEDULED = 1_024;
/** What the warm-up left is paid and told by then. */
const LULL_MS = 3_000;
/** The first orders after a lull meet idle consumers; the window begins when that is over. */
const LEAD_IN_MS = 2_000;

/** Warms up, measures one window in the middle of a load that goes on, and lets what is open end. */
export async function measure(bench: BenchStack, options: BenchOptions, stopped: AbortSignal): Promise<Measured> {
  const { stack, inspectPorts } = bench;
  const givingUp = new AbortController();
  const signal = AbortSignal.any([stopped, givingUp.signal]);
  const tills = new Tills(readDemo(stack.folder.demoFile), options.load === 'orders' ? CALLERS : CONNECTIONS_SCHEDULED);
  const tally = new Tally(() => tills.place(), (why) => givingUp.abort(new Problem(why)));
  // Whoever waits for an answer then need not wait any more.
  signal.addEventListener('abort', () => void tills.close(), { once: true });
  let phase = 'warming up';
  const endProgress = reportProgress(tally, stack.urls.simulator, () => phase);
  try {
    const profiler = options.profile ? new Profiler(stack, inspectPorts) : undefined;
    await profiler?.open();
    const load = await warmUp(tally, options, signal);
    phase = 'measuring';
    const measured = await measureWindow(bench, { tally, seconds: options.seconds, profiler }, signal);
    phase = 'finishing';
    await load.stop();
    signal.throwIfAborted();
    return { ...measured, tally };
  } finally {
    endProgress();
    await tills.close();
  }
}

/** @returns the load to measure, under way */
async function warmUp(tally: Tally, { load, rate, warm }: BenchOptions, signal: AbortSignal): Promise<Load> {
  const warming = closedLoop(tally, load === 'orders' ? CALLERS : CALLERS_WARMING, signal);
  await pause(warm * 1_000, signal);
  if (load === 'orders') return warming;
  await warming.stop();
  await pause(LULL_MS, signal);
  const scheduled = openLoop(tally, rate, signal);
  await pause(LEAD_IN_MS, signal);
  return scheduled;
}

interface WindowPlan {
  readonly tally: Tally;
  readonly seconds: number;
  readonly profiler: Profiler | undefined;
}

/** Everything is read at the same two moments: wall clock, CPU time, and which requests count. */
async function measureWindow({ stack }: BenchStack, { tally, seconds, profiler }: WindowPlan, signal: AbortSignal): Promise<Omit<Measured, 'tally'>> {
  await profiler?.begin();
  const before = readCpu(stack.pids());
  const fromMs = Date.now();
  tally.begin();
  await pause(seconds * 1_000, signal);
  tally.end();
  const after = readCpu(stack.pids());
  const toMs = Date.now();
  return { window: { fromMs, toMs }, cpu: cpuBetween(before, after, toMs - fromMs), explain: await profiler?.end(profilesFolder) };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
