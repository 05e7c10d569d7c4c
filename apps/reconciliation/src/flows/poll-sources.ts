import type { Account, Clock, Directory, Log } from '@scantill/platform';
import { QUICK_RETRIES_MAX, retryDelaySeconds } from '../core/retry-delay.js';
import { HostKeyChanged } from '../outbound/sftp.files.js';
import type { SourceMetrics } from '../outbound/source-metrics.js';
import type { SourceRepository } from '../outbound/source.repository.js';
import type { Source } from '../outbound/sources.js';
import type { FetchFiles } from './fetch-files.js';
import type { LookForMissing } from './look-for-missing.js';
import type { WatchFolder } from './watch-folder.js';

export interface PollSourcesParts {
  readonly sources: readonly Source[];
  readonly repository: SourceRepository;
  readonly fetchFiles: FetchFiles;
  readonly watchFolder: WatchFolder;
  readonly lookForMissing: LookForMissing;
  readonly directory: Directory;
  readonly metrics: SourceMetrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** Asks every source for files when its time has come, again and again; one that fails is asked again soon, and rarely in the end. */
export class PollSources {
  private readonly controller = new AbortController();

  constructor(private readonly parts: PollSourcesParts) {}

  async start(): Promise<void> {
    const { sources, repository, clock } = this.parts;
    await repository.begin(sources.map(({ id }) => id), clock.now());
  }

  /** What is being fetched is given up, and fetched anew at the next start. */
  readonly stop = (): void => this.controller.abort(new Error('stopping'));

  async run(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.poll(id)));
  }

  private async poll(id: string): Promise<void> {
    const { sources, repository, metrics, clock } = this.parts;
    const source = sources.find((each) => each.id === id);
    // An instance with other settings knows it.
    if (source === undefined) return;
    let failures = 0;
    try {
      const account = this.accountOf(source);
      const { signal } = this.controller;
      const work = source.kind === 'sftp' ? this.parts.fetchFiles.run(source, account, signal) : this.parts.watchFolder.run(source, account, signal);
      const count = await unlessAborted(work, signal);
      await repository.answered(id, clock.now());
      metrics.polls.inc({ source: id, outcome: 'answered' });
      metrics.files.inc({ source: id }, count);
      if (source.kind === 'sftp') await this.parts.lookForMissing.run(source, account);
    } catch (error) {
      if (this.controller.signal.aborted) return;
      failures = await repository.failed(id);
      this.tell(source, error, failures);
    }
    await repository.next(id, new Date(clock.now().getTime() + retryDelaySeconds(failures, source.everySeconds) * 1_000));
  }

  private accountOf({ accountId }: Source): Account {
    const account = this.parts.directory.accounts().find((each) => each.accountId === accountId);
    if (account === undefined) throw new Error(`the account ${accountId} is not in the directory`);
    return account;
  }

  private tell({ id, accountId }: Source, error: unknown, failures: number): void {
    const { metrics, log } = this.parts;
    const isForeign = error instanceof HostKeyChanged;
    metrics.polls.inc({ source: id, outcome: isForeign ? 'host-key-changed' : 'failed' });
    if (isForeign) {
      log.error({ source: id, accountId, hostKey: error.shown, alert: 'host-key-changed' }, 'ALERT: the server shows a host key that is not pinned; nothing was told to it and nothing fetched. If Alipay announced a new key, add it to hostKeys');
    } else {
      log[failures > QUICK_RETRIES_MAX ? 'error' : 'warn']({ err: error, source: id, accountId, failures }, 'a source of files does not answer');
    }
  }
}

/** A request whose connection we close ourselves is answered by nobody: it is not waited for. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', giveUp));
}
