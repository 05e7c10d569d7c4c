import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { repoRoot } from '../bootstrap/run.mjs';
import { oneFailed, onePassed, type Tally } from './tally.ts';

/** What is shown of a failed command: enough for every failed test of a run that is not wholly broken. */
const OUTPUT_LINES_MAX = 400;

interface Ended {
  readonly output: string;
  /** What ended it badly. */
  readonly problem: string | undefined;
}

/** Runs a command on the project's own Node, keeping its output: several run side by side. Killed when the run is given up. */
function runKeeping(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve) => {
    const path = [join(repoRoot, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
    const child = spawn(process.execPath, args, { cwd: repoRoot, env: { ...process.env, PATH: path, ...env }, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGTERM' });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ output, problem: error.message }));
    child.on('close', (code, killedBy) => resolve({ output, problem: code === 0 ? undefined : `${args.join(' ')}: ${killedBy ?? `exit code ${code}`}` }));
  });
}

function show({ output, problem }: Ended): void {
  if (problem !== undefined) process.stdout.write(`\n${output.trim().split('\n').slice(-OUTPUT_LINES_MAX).join('\n')}\n\n`);
}

/** One check: it passed if its command ended well. */
export async function runCheck(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Tally> {
  const ended = await runKeeping(args, env, signal);
  show(ended);
  return ended.problem === undefined ? onePassed : oneFailed(ended.problem);
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
export async function runJest(project: string, { env, inBand }: { env: NodeJS.ProcessEnv; inBand: boolean }, signal: AbortSignal): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'scantill-jest-'));
  const reportFile = join(folder, 'report.json');
  try {
    const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', 'node_modules/jest/bin/jest.js', '--selectProjects', project, '--json', '--outputFile', reportFile];
    const ended = await runKeeping([...args, ...(inBand ? ['--runInBand'] : [])], env, signal);
    show({ ...ended, output: ended.output.replace(/^\{"numFailedTestSuites".*$/gm, '') });
    if (!existsSync(reportFile)) return oneFailed(ended.problem ?? 'Jest wrote no report');
    const tally = count(JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport);
    if (tally.passed + tally.failed + tally.skipped === 0) return oneFailed('there are no tests');
    // An error outside any test, an open handle after the last one: the report knows nothing of it.
    return ended.problem !== undefined && tally.failed === 0 ? { ...tally, failed: 1, failures: [ended.problem] } : tally;
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
