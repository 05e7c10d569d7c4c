import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { auditText, isClean, type AuditResult } from '../audit/judge.ts';
import { runAudit } from '../audit/run-audit.ts';
import { Problem, tell } from '../bootstrap/problem.mjs';
import { report } from '../bootstrap/progress.mjs';
import { onStopSignal } from '../stop-signals.ts';
import type { Stack } from '../stack/stack.ts';
import { folder, forgetBulk, profilesFolder, startBenchStack } from './bench-stack.ts';
import { measure, type Measured } from './measure.ts';
import { readOptions } from './options.mjs';
import { resultOf, resultText } from './result.ts';
import { signsPerSecond } from './signing-rate.ts';
import { readToldOrders } from './told-orders.ts';

const EXIT_FINDINGS = 3;
/** What shells use for a command that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;
/** Longer than a saturated system needs to finish what it has begun. */
const SETTLE_WITHIN_MS = 180_000;

const options = readOptions(process.argv.slice(2));
const asked = new AbortController();
const dead = new AbortController();
const signal = AbortSignal.any([asked.signal, dead.signal]);
let stack: Stack | undefined;
let waitingFor = 'the start to be given up';

onStopSignal({
  first: () => asked.abort(new Problem('Stopped before the benchmark was over.')),
  again: () => report('stopping', `still waiting for ${waitingFor}; press Ctrl-C once more to kill what is left`),
  last: () => {
    for (const pid of Object.values(stack?.pids() ?? {})) process.kill(pid, 'SIGKILL');
    process.exit(EXIT_INTERRUPTED);
  },
});
// The terminal may be gone before we are.
process.stdout.on('error', () => undefined);
process.exit(await run());

/** @returns the exit code */
async function run(): Promise<number> {
  try {
    // While nothing else of ours runs.
    const rsaSignsPerSecond = await signsPerSecond();
    const bench = await startBenchStack({
      withInspector: options.profile,
      signal,
      onDeath: (name, how, logFile) => dead.abort(new Problem(`${name} ended (${how}) during the benchmark; its log is ${logFile}.`)),
    });
    stack = bench.stack;
    const measured = await measure(bench, options, signal);
    return await Promise.race([conclude(bench.stack, measured, rsaSignsPerSecond), untilAborted()]);
  } catch (error) {
    tell(error);
    return asked.signal.aborted ? EXIT_INTERRUPTED : 1;
  } finally {
    await stop();
  }
}

async function conclude({ urls, databaseUrls, brokers }: Stack, measured: Measured, rsaSignsPerSecond: number): Promise<number> {
  const target = { simulatorUrl: urls.simulator, databaseUrls, brokers };
  const audit = await runAudit(target, { settleMs: SETTLE_WITHIN_MS, tell: (what) => report('audit', what) });
  const told = await readToldOrders(databaseUrls, measured.window);
  if (told.paid === 0) throw new Problem(`${auditText(audit)}\n\nNo store was told of a paid order within the window, so nothing was measured: measure longer, or on a machine that is less busy.`);
  const result = resultOf(options, { measured, told, audit: audit.counts, rsaSignsPerSecond });
  if (measured.explain !== undefined) process.stdout.write(`${measured.explain(told.paid)}\nProfiles for DevTools: ${profilesFolder}\n`);
  process.stdout.write(`${resultText(result)}\n  ${auditText(audit)}\n`);
  for (const failure of measured.tally.failures) report('failed', failure);
  if (options.json !== undefined) {
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify(result)}\n`);
  }
  return isGood(audit) && result.failed === 0 ? 0 : EXIT_FINDINGS;
}

/** A system that did not come to rest has not been proved. */
function isGood(audit: AuditResult): boolean {
  return isClean(audit) && audit.isSettled;
}

function untilAborted(): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
  });
}

async function stop(): Promise<void> {
  if (stack === undefined) return;
  const since = Date.now();
  process.stdout.write('\n');
  await stack.stop((what) => {
    waitingFor = what;
    report('stopping', what);
  });
  forgetBulk();
  report('stopped', `logs are kept in ${folder.logs}`, since);
}
