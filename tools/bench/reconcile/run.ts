import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { Problem, tell } from '../../bootstrap/problem.mjs';
import { report, step } from '../../bootstrap/progress.mjs';
import { openBreaks } from '../../scantill/open-breaks.ts';
import { Service } from '../../scantill/service.ts';
import type { Stack } from '../../stack/stack.ts';
import { onStopSignal } from '../../stop-signals.ts';
import { folder, forgetBulk, startBenchStack } from '../bench-stack.ts';
import { writeAlipayFile } from './alipay-file.ts';
import { CONTRACT, copyExpectations, registerAccount } from './books.ts';
import { followImport } from './follow-import.ts';
import { readReconcileOptions, type ReconcileOptions } from './options.mjs';
import { peakRssMbOf, resultOf, resultText, type ReconcileMeasured } from './result.ts';
import { BENCH } from './sales.ts';
import { measureYardstick } from './yardstick.ts';

const EXIT_BREAKS = 3;
const EXIT_INTERRUPTED = 130;
/** A new key is known within a second. */
const KNOWN_WITHIN_MS = 10_000;
const AT_REST_POLL_MS = 200;

const options = readReconcileOptions(process.argv.slice(3));
const asked = new AbortController();
let stack: Stack | undefined;

onStopSignal({
  first: () => asked.abort(new Problem('Stopped before the benchmark was over.')),
  again: () => report('stopping', 'press Ctrl-C once more to kill what is left'),
  last: () => {
    for (const pid of Object.values(stack?.pids() ?? {})) process.kill(pid, 'SIGKILL');
    process.exit(EXIT_INTERRUPTED);
  },
});
process.exit(await run());

/** @returns the exit code */
async function run(): Promise<number> {
  try {
    const bench = await startBenchStack({
      withInspector: false, signal: asked.signal, services: ['reconciliation'], env: { CLOCK_START: BENCH.now },
      onDeath: (name, how, logFile) => asked.abort(new Problem(`${name} ended (${how}) during the benchmark; its log is ${logFile}.`)),
    });
    stack = bench.stack;
    const result = resultOf(await measure(stack, options));
    process.stdout.write(`${resultText(result)}\n`);
    if (options.json !== undefined) {
      mkdirSync(dirname(resolve(options.json)), { recursive: true });
      writeFileSync(options.json, `${JSON.stringify(result)}\n`);
    }
    return result.breaks === 0 && (result.matched ?? result.rows) === result.rows ? 0 : EXIT_BREAKS;
  } catch (error) {
    tell(error);
    return asked.signal.aborted ? EXIT_INTERRUPTED : 1;
  } finally {
    await stack?.stop();
    forgetBulk();
  }
}

async function measure({ urls, databaseUrls, postgresUrl = '', pids }: Stack, { rows, report: kind }: ReconcileOptions): Promise<ReconcileMeasured> {
  const client = new pg.Client({ connectionString: databaseUrls.reconciliation });
  await client.connect();
  try {
    const service = new Service({ url: urls.reconciliation, key: await registerAccount(client) });
    mkdirSync(folder.files, { recursive: true });
    const file = await step('file', { doing: 'writing', done: ({ bytes }) => `${rows.toLocaleString('en-US')} rows, ${Math.round(bytes / 1_000_000)} MB` }, () => writeAlipayFile(folder.files, kind, rows));
    await step('expectations', { doing: 'copying', done: 'there' }, () => copyExpectations(client, rows));
    await untilKnown(service);
    await service.put(`/v1/contracts/${BENCH.accountId}/2026-01-01`, CONTRACT);
    await checkpoint(postgresUrl);
    const times = await step('import', { doing: 'importing', done: 'in force' }, () => followImport(service, file.path, asked.signal));
    const peakRssMb = peakRssMbOf(pids()['reconciliation'] ?? 0);
    const breaks = (await openBreaks(service, BENCH.accountId)).reduce((sum, { count }) => sum + count, 0);
    const matched = kind === 'transaction-items' ? await matchedOf(service) : null;
    await untilAtRest(client);
    await checkpoint(postgresUrl);
    const yardstick = await step('yardstick', { doing: 'measuring', done: 'measured' }, () => measureYardstick(client, file));
    return { report: kind, file, times, yardstick, peakRssMb, breaks, matched };
  } finally {
    await client.end();
  }
}

async function untilKnown(service: Service): Promise<void> {
  const deadline = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const isKnown = await service.get('/v1/files', { limit: 1 }).then(() => true, (error: unknown) => {
      if (Date.now() > deadline) throw error;
      return false;
    });
    if (isKnown) return;
  }
}

/** An import has days compared again that something was recorded of meanwhile: the yardstick shall not share the machine with that. */
async function untilAtRest(client: pg.Client): Promise<void> {
  const isBusy = async () => ((await client.query(`select from due_work where kind = 'match-day'`)).rowCount ?? 0) > 0;
  while (await isBusy()) {
    asked.signal.throwIfAborted();
    await setTimeout(AT_REST_POLL_MS);
  }
}

async function matchedOf(service: Service): Promise<number> {
  const { accounts } = await service.get<{ accounts: readonly { matched: { count: number } }[] }>(`/v1/days/${BENCH.date}`);
  return accounts.reduce((sum, { matched }) => sum + matched.count, 0);
}

/** What was written before is on the disk, so that nobody pays for it later. */
async function checkpoint(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query('checkpoint').finally(() => client.end());
}
