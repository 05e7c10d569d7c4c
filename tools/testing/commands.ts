import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from '../bootstrap/run.mjs';
import { oneFailed, onePassed, type Tally } from './tally.ts';

/** Runs a command with its output going through. Killed when the run is given up. @returns what ended it badly, or nothing */
export function runThrough(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const path = `${join(repoRoot, 'node_modules', '.bin')}:${process.env['PATH']}`;
    const child = spawn(process.execPath, args, { cwd: repoRoot, env: { ...process.env, PATH: path, ...env }, stdio: ['ignore', 'inherit', 'inherit'], signal, killSignal: 'SIGTERM' });
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, killedBy) => resolve(code === 0 ? undefined : `${args.join(' ')}: ${killedBy ?? `exit code ${code}`}`));
  });
}

/** One check: it passed if its command ended well. */
export async function runCheck(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Tally> {
  const problem = await runThrough(args, env, signal);
  return problem === undefined ? onePassed : oneFailed(problem);
}

/** The parts of Jest's JSON report that are counted. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs one of Jest's projects and counts what it reports. A file that could not even be loaded counts as one failure. */
export async function runJest(project: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'scantill-jest-'));
  const reportFile = join(folder, 'report.json');
  try {
    const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--selectProjects', project, '--json', '--outputFile', reportFile];
    const problem = await runThrough(args, env, signal);
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
