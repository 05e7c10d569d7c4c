import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../bootstrap/run.mjs';
import { oneFailed, onePassed, type Tally } from './tally.ts';

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', 'node_modules/jest/bin/jest.js', '--ci'];
/** A command that does not go when asked is killed after this. */
const GO_WITHIN_MS = 5_000;

export interface Command {
  /** What Node is to run. */
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Held back and printed only if it fails: two commands side by side would mix their lines. */
  readonly isQuiet?: boolean | undefined;
}

/** Runs a command to its end, or until the run is given up. @returns what ended it badly, or nothing */
export function runCommand({ args, env, isQuiet = false }: Command, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const path = `${join(repoRoot, 'node_modules', '.bin')}:${process.env['PATH']}`;
    // A group of its own, so that the children it has (Nx's tasks, Jest's workers) can be stopped with it.
    const child = spawn(process.execPath, args, { cwd: repoRoot, env: { ...process.env, PATH: path, ...env }, stdio: ['ignore', isQuiet ? 'pipe' : 'inherit', isQuiet ? 'pipe' : 'inherit'], detached: true });
    const printed: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk));
    const stop = (): void => {
      signalGroup(child.pid, 'SIGTERM');
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GO_WITHIN_MS).unref();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const end = (problem: string | undefined): void => {
      signal.removeEventListener('abort', stop);
      if (problem !== undefined) process.stdout.write(Buffer.concat(printed));
      resolve(problem);
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, killedBy) => end(code === 0 ? undefined : `${args.join(' ')}: ${killedBy ?? `exit code ${code}`}`));
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** One check: it passed if its command ended well. */
export async function runCheck(command: Command, signal: AbortSignal): Promise<Tally> {
  const problem = await runCommand({ isQuiet: true, ...command }, signal);
  return problem === undefined ? onePassed : oneFailed(problem);
}

/** The parts of Jest's JSON report that are counted. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** By a part of the path of the specs, a regular expression. */
export interface SpecPart {
  readonly only?: string;
  readonly except?: string;
}

export interface JestRun extends SpecPart {
  readonly env: NodeJS.ProcessEnv;
  /** How many specs run side by side. Jest would leave one core to itself, and it needs none. */
  readonly workers: number;
}

/** Runs one of Jest's projects and counts what it reports. A file that could not even be loaded counts as one failure. */
export async function runJest(project: string, { env, workers, only, except }: JestRun, signal: AbortSignal): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'scantill-jest-'));
  const reportFile = join(folder, 'report.json');
  try {
    const chosen = [...(only === undefined ? [] : ['--testPathPatterns', only]), ...(except === undefined ? [] : ['--testPathIgnorePatterns', '/node_modules/', except])];
    const problem = await runCommand({ args: [...JEST, '--selectProjects', project, '--json', '--outputFile', reportFile, ...(workers === 1 ? ['--runInBand'] : ['--maxWorkers', String(workers)]), ...chosen], env }, signal);
    if (!existsSync(reportFile)) return oneFailed(problem ?? 'Jest wrote no report');
    const tally = count(JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport);
    if (tally.passed + tally.failed + tally.skipped === 0) return oneFailed('there are no tests');
    // An error outside any test, an open handle after the last one: the report knows nothing of it.
    return problem !== undefined && tally.failed === 0 ? { ...tally, failed: 1, failures: [problem] } : tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(report: JestReport): Tally {
  const failedTests = report.testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName));
  const failedFiles = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'));
  const failures = [...failedTests, ...failedFiles.map(({ name }) => `${name} could not be run`)];
  return { passed: report.numPassedTests, failed: failures.length, skipped: report.numPendingTests + report.numTodoTests, failures };
}
