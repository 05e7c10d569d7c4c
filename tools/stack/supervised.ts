import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../bootstrap/problem.mjs';
import type { DataFolder } from './data-folder.ts';
import { forgetProcess, recordProcess } from './process-records.ts';

/** How one process of the stack is started, known to be ready, and stopped. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The system account it runs as, when it refuses to run as root. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  /** Waits for what must be over before it can start. */
  readonly beforeStart?: () => Promise<void>;
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs: number;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  readonly stopWithinMs: number;
  /** Ends for certain what a signal to the child does not reach (a container). */
  readonly forceStop?: () => Promise<void>;
}

export interface Supervised {
  readonly name: string;
  readonly logFile: string;
  pid(): number | undefined;
  /** Starts it and waits until it is ready; throws a `Problem` with the end of its log if it dies or takes too long. */
  start(): Promise<void>;
  /** Asks it to stop, and kills it after its bound. Resolves once it is gone. */
  stop(): Promise<void>;
  /** Sends a signal that ends it, and waits for that. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

const READY_POLL_MS = 50;
const LOG_TAIL_LINES = 20;
const LOGS_KEPT = 5;

/** `onDeath` hears of an end that nobody asked for, after the process had been ready. */
export function supervise(spec: ProcessSpec, folder: DataFolder, onDeath: (how: string) => void): Supervised {
  const logFile = join(folder.logs, `${spec.name}.log`);
  let child: ChildProcess | undefined;
  let ended: Promise<string> = Promise.resolve('not started');
  let isWanted = false;

  async function start(): Promise<void> {
    await spec.beforeStart?.();
    const started = launch(spec, folder, logFile);
    child = started.child;
    ended = started.ended;
    isWanted = false;
    await untilReady(spec, started.ended, logFile);
    isWanted = true;
    void started.ended.then((how) => {
      if (child !== started.child) return;
      child = undefined;
      forgetProcess(folder, spec.name);
      if (isWanted) onDeath(how);
    });
  }

  async function end(signal: NodeJS.Signals, withinMs: number): Promise<void> {
    isWanted = false;
    if (child === undefined) return;
    child.kill(signal);
    const gone = await Promise.race([ended.then(() => true), wait(withinMs, false, { ref: false })]);
    if (!gone) {
      await spec.forceStop?.();
      child?.kill('SIGKILL');
      await ended;
    }
    child = undefined;
    forgetProcess(folder, spec.name);
  }

  return {
    name: spec.name,
    logFile,
    pid: () => child?.pid,
    start,
    stop: () => end(spec.stopSignal, spec.stopWithinMs),
    kill: async (signal) => {
      if (signal === 'SIGKILL') await spec.forceStop?.();
      await end(signal, spec.stopWithinMs);
    },
  };
}

function launch(spec: ProcessSpec, folder: DataFolder, logFile: string): { child: ChildProcess; ended: Promise<string> } {
  rotate(logFile);
  mkdirSync(folder.logs, { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  // A group of its own, so that Ctrl-C at the terminal reaches only the launcher, which stops everything in order.
  const child = spawn(spec.command, spec.args, { cwd: spec.cwd, env: spec.env, stdio: ['ignore', log, log], detached: true, ...spec.account });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  if (child.pid !== undefined) recordProcess(folder, spec.name, child.pid);
  return { child, ended };
}

async function untilReady(spec: ProcessSpec, ended: Promise<string>, logFile: string): Promise<void> {
  let death: string | undefined;
  void ended.then((how) => (death = how));
  const deadline = Date.now() + spec.readyWithinMs;
  for (;;) {
    if (await spec.isReady().catch(() => false)) return;
    if (death !== undefined) throw new Problem(`${tail(logFile)}\n\n${spec.name} ended while starting (${death}); its log is ${logFile}.`);
    if (Date.now() > deadline) throw new Problem(`${tail(logFile)}\n\n${spec.name} was not ready after ${spec.readyWithinMs / 1000} s; its log is ${logFile}.`);
    await wait(READY_POLL_MS);
  }
}

/** The end of a log, for a person to read. */
export function tail(logFile: string): string {
  return existsSync(logFile) ? readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n') : '';
}

/** `order.log` becomes `order.1.log`, and so on; the oldest goes. */
function rotate(logFile: string): void {
  const nth = (n: number): string => (n === 0 ? logFile : logFile.replace(/\.log$/, `.${n}.log`));
  rmSync(nth(LOGS_KEPT), { force: true });
  for (let n = LOGS_KEPT - 1; n >= 0; n -= 1) if (existsSync(nth(n))) renameSync(nth(n), nth(n + 1));
}
