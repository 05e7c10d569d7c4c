import { Problem, tell } from './bootstrap/problem.mjs';
import { report, seconds } from './bootstrap/progress.mjs';
import { lockFolder, unlockFolder } from './stack/folder-lock.ts';
import { DEFAULT_DATA_FOLDER, dataFolder, forget } from './stack/data-folder.ts';
import { readDemo } from './stack/demo.ts';
import { forgetContainerVolume } from './stack/kafka.ts';
import { portsFrom } from './stack/ports.ts';
import { stopOrphans } from './stack/process-records.ts';
import { tail } from './stack/supervised.ts';
import { startStack, type Stack } from './stack/stack.ts';
import { demoTarget, sellOneOrder } from './proof.ts';
import { onStopSignal } from './stop-signals.ts';

const COMMAND = 'npm start';
/** A process that keeps dying is left dead after this many restarts, so that its first error stays visible. */
const RESTARTS_MAX = 5;
/** What shells use for a command that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

const args = new Set(process.argv.slice(2));
const folder = dataFolder(DEFAULT_DATA_FOLDER);
const startedAt = Date.now();
const asked = new AbortController();
const restarts = new Map<string, number>();
let stack: Stack | undefined;
let waitingFor = 'the start to be given up';

onStopSignal({
  first: () => asked.abort(new Problem('Stopped before everything was up.')),
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
    if (args.has('--fresh')) await forgetEverything();
    stack = await startStack({
      dataDir: folder.path,
      ports: portsFrom(process.env),
      command: COMMAND,
      env: process.env,
      webhookUrl: process.env['SCANTILL_WEBHOOK_URL'] || undefined,
      signal: asked.signal,
      onDeath: (name, how, logFile) => void revive(name, how, logFile),
    });
    await Promise.race([sellOneOrder(demoTarget(readDemo(folder.demoFile))), untilAsked().then(() => asked.signal.throwIfAborted())]);
    if (!args.has('--once')) {
      printAddresses(stack);
      await untilAsked();
    }
    return 0;
  } catch (error) {
    tell(error);
    return asked.signal.aborted ? EXIT_INTERRUPTED : 1;
  } finally {
    asked.abort();
    await stop();
  }
}

function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    if (asked.signal.aborted) resolve();
    asked.signal.addEventListener('abort', () => resolve(), { once: true });
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
  report('stopped', 'data and logs are kept in .data/', since);
}

async function forgetEverything(): Promise<void> {
  lockFolder(folder, COMMAND);
  try {
    await stopOrphans(folder);
    forget(folder);
    await forgetContainerVolume(folder);
  } finally {
    unlockFolder(folder);
  }
}

function printAddresses({ urls, ports, brokers }: Stack): void {
  const rows = [
    ['orders', `${urls.order}/v1/orders`],
    ['gateway', `${urls['payment-gateway']}  (Alipay's notifications: port ${ports.PAYMENT_GATEWAY_NOTIFY_PORT})`],
    ['store events', `${urls.notification}/v1/stores/S001/events`],
    ['reconciliation', `${urls.reconciliation}/v1/days/<date>`],
    ['simulator', `${process.env['SIMULATOR_PUBLIC_URL'] || urls.simulator}  (the wallet is behind each QR code)`],
    ['Kafka', brokers.join(',')],
    ['keys, addresses', folder.demoFile],
    ['logs', folder.logs],
  ];
  process.stdout.write(`\nUp after ${seconds(startedAt)}. Ctrl-C stops everything.\n\n${rows.map(([name = '', value = '']) => `  ${name.padEnd(16)} ${value}`).join('\n')}\n\n`);
}

/** Starts again what died, as a supervisor would in production. */
async function revive(name: string, how: string, logFile: string): Promise<void> {
  if (asked.signal.aborted || stack === undefined) return;
  process.stdout.write(`\n${tail(logFile)}\n\n`);
  const count = (restarts.get(name) ?? 0) + 1;
  restarts.set(name, count);
  if (count > RESTARTS_MAX) return report(name, `ended (${how}) for the ${count}th time; not started again, see ${logFile}`);
  report(name, `ended (${how}); starting it again`);
  try {
    await stack.restart(name);
    report(name, 'ready again');
  } catch (error) {
    report(name, error instanceof Problem ? `did not start again, see ${logFile}` : String(error));
  }
}
