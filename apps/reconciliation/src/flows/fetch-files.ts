import type { Account, Clock, Log } from '@scantill/platform';
import { businessDay } from '../core/business-day.js';
import { SftpFiles } from '../outbound/sftp.files.js';
import type { SourceRepository } from '../outbound/source.repository.js';
import type { SftpSource } from '../outbound/sources.js';
import type { ReceiveFile } from './receive-file.js';

/** What is more waits for the next time. */
const FILES_MAX = 100;

/** Fetches what is new in an account's folders on Alipay's server, one file after the other. */
export class FetchFiles {
  constructor(private readonly receiveFile: ReceiveFile, private readonly sources: SourceRepository, private readonly clock: Clock, private readonly log: Log) {}

  /** @returns how many files were fetched. @throws what the connection fails with; a file that was cut off is fetched anew the next time */
  async run(source: SftpSource, account: Account, signal: AbortSignal): Promise<number> {
    const remote = await SftpFiles.connect(source);
    const hangUp = () => void remote.close();
    signal.addEventListener('abort', hangUp, { once: true });
    try {
      const listed = await remote.list(account.customerId, businessDay(this.clock.now(), source.daysBack));
      const fresh = (await this.sources.fresh(source.id, listed)).slice(0, FILES_MAX);
      for (const file of fresh) {
        signal.throwIfAborted();
        const { chainId, accountId } = account;
        const received = await this.receiveFile.run({ name: file.name, content: remote.read(file), chainId, accountTold: accountId, source: 'sftp', sourcePath: file.path, by: source.id });
        if (!received.ok) throw new Error(`${file.path} could not be kept: ${received.error.kind}`);
        const { fileId, end } = received.value;
        await this.sources.see(source.id, file, fileId, this.clock.now());
        const ended = await end;
        const told = { source: source.id, path: file.path, fileId, end: ended.kind };
        if (ended.kind === 'refused') this.log.error({ ...told, reason: ended.refusal.reason, detail: ended.refusal.detail }, 'a fetched file was refused');
        else this.log.info(told, 'a file was fetched');
      }
      return fresh.length;
    } finally {
      signal.removeEventListener('abort', hangUp);
      await remote.close();
    }
  }
}
