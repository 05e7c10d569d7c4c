import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { searchPath } from './config.js';

export const repoRoot = join(import.meta.dirname, '..', '..', '..');
const RUN_WITHIN_MS = 60_000;

export interface Running {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly withinMs?: number;
}

/** Runs a command to its end. @returns what it printed @throws with its complaint when it ends badly */
export function run(command: string, args: readonly string[], { input = '', env = {}, cwd = repoRoot, withinMs = RUN_WITHIN_MS }: Running = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { PATH: searchPath, LANG: 'C.UTF-8', ...env }, timeout: withinMs });
    let printed = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
    child.on('error', (error) => reject(new Error(`${command} could not be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      // A command that was stopped because it took too long may still say that it ended well.
      if (code === 0 && !child.killed) resolve(printed);
      else reject(new Error(`${command} ended with ${code ?? signal}${child.killed ? ` after ${withinMs / 1000} s` : ''}: ${complaint}`));
    });
    child.stdin.on('error', () => undefined).end(input);
  });
}
