import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const FROM_SOURCE = join(ROOT, 'tools', 'contracts', 'from-source.ts');

export interface ProcessSettings {
  readonly databaseUrl: string;
  readonly folder: string;
  readonly clockStart: string;
  /** As which its sessions are known to the database. */
  readonly application: string;
  /** From which size on a settlement file's rows get a table of their own. */
  readonly ownPortionBytes?: number;
}

/** What a process is told to do; what it receives comes on its standard input. */
export type Errand = { readonly kind: 'take-up'; readonly fileId: string } | { readonly kind: 'receive'; readonly name: string };

/** A process that imports files on the database of a specification, until it is killed. */
export class OwnProcess {
  private constructor(private readonly child: ChildProcess, private readonly ready: Promise<unknown>) {}

  /** Comes up by itself meanwhile. */
  static start(settings: ProcessSettings): OwnProcess {
    const child = fork(join(import.meta.dirname, 'import-process.ts'), [JSON.stringify(settings)], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', FROM_SOURCE], stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
      // What one of them compiled, the next one need not.
      env: { ...process.env, NODE_COMPILE_CACHE: join(settings.folder, 'compiled') },
    });
    const died = once(child, 'exit').then(([code]) => { throw new Error(`the process ended before it was ready: ${String(code)}`); });
    const ready = Promise.race([once(child, 'message'), died]);
    // Whoever needs it waits for it; one that nobody needs any more may be killed before.
    ready.catch(() => undefined);
    died.catch(() => undefined);
    // Whoever is killed does not hear us out.
    child.stdin?.on('error', () => undefined);
    return new OwnProcess(child, ready);
  }

  async tell(errand: Errand): Promise<void> {
    await this.ready;
    this.child.send(errand);
  }

  write(content: string): void {
    this.child.stdin?.write(content);
  }

  /** At once, whatever it is doing. @returns when it is gone */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
