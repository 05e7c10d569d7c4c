import { join } from 'node:path';
import type { Logger } from 'pino';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, Server } from 'ssh2';
import type { Config } from '../config.js';
import { keepHostKey } from './host-key.js';
import { serveSftp } from './sftp-session.js';
import { readUsers, type SftpUser } from './users.js';
import { VisibleFolder } from './visible-folder.js';

const METHODS = ['publickey', 'password'] as const;
const REFUSALS_MAX = 6;

/** Alipay's SFTP server, as far as merchants know it: they fetch their files, each their own. */
export class SftpServer {
  readonly fingerprint: string;
  private readonly server: Server;
  private readonly connections = new Set<Connection>();

  private constructor(hostKeyFile: string, private readonly users: ReadonlyMap<string, SftpUser>, private readonly root: string, private readonly log: Logger) {
    const { privateKey, fingerprint } = keepHostKey(hostKeyFile);
    this.fingerprint = fingerprint;
    this.server = new ssh2.Server({ hostKeys: [privateKey] }, (connection) => this.converse(connection));
  }

  /** Undefined when there is nobody whom it would serve. @throws if its users or its host key cannot be read */
  static open(config: Config, root: string, log: Logger): SftpServer | undefined {
    if (config.SIMULATOR_SFTP_USERS_FILE === undefined) return undefined;
    return new SftpServer(join(config.SIMULATOR_DATA_DIR, 'sftp-host-key'), readUsers(config.SIMULATOR_SFTP_USERS_FILE), root, log);
  }

  /** @returns the port. @throws EADDRINUSE and the like */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.removeListener('error', reject);
        const { port: taken } = this.server.address() as { port: number };
        this.log.info({ host, port: taken, fingerprint: this.fingerprint, users: [...this.users.keys()] }, 'files can be fetched by SFTP');
        resolve(taken);
      });
    });
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.end();
    if (this.server.address() !== null) await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private converse(connection: Connection): void {
    this.connections.add(connection);
    connection.on('close', () => this.connections.delete(connection));
    // A client that hangs up, or speaks another protocol, is no failure of ours.
    connection.on('error', (error) => this.log.debug({ err: error }, 'an SFTP connection broke'));
    let user: SftpUser | undefined;
    let refusals = 0;
    connection.on('authentication', (context) => {
      const known = this.users.get(context.username);
      if (known !== undefined && isProven(context, known)) {
        user = known;
        return context.accept();
      }
      refusals += 1;
      if (refusals > REFUSALS_MAX) return connection.end();
      return context.reject([...METHODS]);
    });
    connection.on('ready', () => connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serveSftp(acceptSftp(), new VisibleFolder(this.root, user?.customerIds ?? [])));
    }));
  }
}

function isProven(context: AuthContext, user: SftpUser): boolean {
  if (context.method === 'password') return user.hasPassword(context.password);
  if (context.method !== 'publickey') return false;
  const key = user.keyOf(context.key.algo, context.key.data);
  if (key === undefined) return false;
  // Without a signature the client only asks whether this key would do.
  return context.signature === undefined || key.verify(context.blob!, context.signature, context.hashAlgo) === true;
}
