import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { accessSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { until } from '@scantill/testing';

const SERVER = '/usr/sbin/sshd';
const INSTALL = 'OpenSSH is needed here: install openssh-server and openssh-client, so that our client meets a server that is not ours';

/** OpenSSH's own SFTP server, with keys of its own, for the user that runs the tests. */
export class OpenSsh {
  readonly user = userInfo().username;
  readonly privateKey: string;
  private server: ChildProcess | undefined;

  /** @throws when OpenSSH is not installed: such a specification fails, it is never left out */
  constructor(private readonly folder: string, readonly port: number) {
    try {
      accessSync(SERVER);
    } catch {
      throw new Error(INSTALL);
    }
    for (const key of ['host', 'other-host', 'client']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
    this.privateKey = readFileSync(join(folder, 'client'), 'utf8');
  }

  /** As `ssh-keygen -l` shows it. */
  fingerprint(hostKey = 'host'): string {
    return execFileSync('ssh-keygen', ['-lf', join(this.folder, hostKey)], { encoding: 'utf8' }).split(' ')[1] ?? '';
  }

  async start(hostKey = 'host'): Promise<void> {
    const settings = [
      `Port ${this.port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(this.folder, hostKey)}`, `AuthorizedKeysFile ${join(this.folder, 'client.pub')}`, 'StrictModes no', 'PidFile none', 'UsePAM no',
      'PasswordAuthentication no', 'PermitRootLogin prohibit-password', 'Subsystem sftp internal-sftp', 'ForceCommand internal-sftp',
    ];
    writeFileSync(join(this.folder, 'sshd_config'), `${settings.join('\n')}\n`);
    // Where it gives up its privileges, if it has any.
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
    let said = '';
    this.server = spawn(SERVER, ['-D', '-e', '-f', join(this.folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.server.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    await until('sshd listens', async () => {
      if (this.server?.exitCode !== null) throw new Error(`sshd ended: ${said}`);
      return isOpen(this.port);
    });
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill();
    await ended;
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
