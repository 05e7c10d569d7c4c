import { join } from 'node:path';
import { ask } from './run.mjs';

export const JAVA_MIN = 17;
const ASK_TIMEOUT_MS = 15_000;

/** The Java that runs the broker: `JAVA_HOME` first, then `PATH`. */
export function javaCommand() {
  const home = process.env['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

/**
 * The major version of the host's Java, or nothing when there is none.
 * @returns {Promise<number | undefined>}
 */
export async function javaVersion() {
  const printed = await ask(javaCommand(), ['-version'], ASK_TIMEOUT_MS);
  const major = printed?.match(/version "(\d+)/)?.[1];
  return major === undefined ? undefined : Number(major);
}

export async function hasMaven() {
  return (await ask('mvn', ['--version'], ASK_TIMEOUT_MS)) !== undefined;
}

/** True when a Docker engine answers, not merely when its command is installed. */
export async function hasDocker() {
  const printed = await ask('docker', ['info', '--format', '{{.ServerVersion}}'], ASK_TIMEOUT_MS);
  return printed !== undefined && /^\d/.test(printed.trim());
}
