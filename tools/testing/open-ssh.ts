import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { run } from '../bootstrap/run.mjs';
import { report } from '../bootstrap/progress.mjs';

const PROGRAMS = ['/usr/sbin/sshd', '/usr/bin/sftp', '/usr/bin/ssh-keygen'];
const APT = '/usr/bin/apt-get';

/**
 * Files are fetched from OpenSSH's server, and ours is asked by its client. Where it is missing and we may, as on a bare build machine, it is
 * installed; elsewhere the specifications say what to install.
 */
export async function ensureOpenSsh(): Promise<void> {
  if (PROGRAMS.every((path) => existsSync(path)) || userInfo().uid !== 0 || !existsSync(APT)) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const startedAtMs = Date.now();
  try {
    await run(APT, ['update', '-q'], { env, what: 'apt-get update' });
    await run(APT, ['install', '-y', '-q', '--no-install-recommends', 'openssh-server', 'openssh-client'], { env, what: 'apt-get install' });
    report('OpenSSH', 'installed', startedAtMs);
  } catch (error) {
    report('OpenSSH', `could not be installed: ${error instanceof Error ? error.message : String(error)}`, startedAtMs);
  }
}
