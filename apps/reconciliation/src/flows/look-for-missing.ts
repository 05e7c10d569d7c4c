import { randomUUID } from 'node:crypto';
import type { Account, Clock, Database, Log } from '@scantill/platform';
import { businessDay } from '../core/business-day.js';
import type { MissingFiles } from '../outbound/missing-files.js';
import type { SourceMetrics } from '../outbound/source-metrics.js';
import type { SftpSource } from '../outbound/sources.js';
import type { FileBreaks } from './file-breaks.js';

/** Alipay writes a day's file on the next day; after three days something is wrong, and after seven it may be gone. */
const ALERT_AFTER_DAYS = 3;

export interface LookForMissingParts {
  readonly database: Database;
  readonly missing: MissingFiles;
  readonly fileBreaks: FileBreaks;
  readonly metrics: SourceMetrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whether the files of past days are there. Each one that is not is a break until it comes, and is said once. */
export class LookForMissing {
  constructor(private readonly parts: LookForMissingParts) {}

  async run(source: SftpSource, { accountId, chainId }: Account): Promise<void> {
    const { database, missing, fileBreaks, metrics, clock, log } = this.parts;
    const at = clock.now();
    const query = { accountId, chainId, from: businessDay(at, Math.max(source.daysBack, ALERT_AFTER_DAYS)), until: businessDay(at, ALERT_AFTER_DAYS) };
    const days = await database.transaction(async (tx) => {
      const found = await missing.days(tx, query, source, at);
      await fileBreaks.missingDays(tx, query, found, { at, cause: { correlationId: randomUUID(), causationId: null } });
      return found.filter(({ fileId }) => fileId === null);
    });
    metrics.missing.set({ account: accountId }, days.length);
    for (const { date, isNew } of days) {
      if (isNew) log.error({ source: source.id, accountId, date, alert: 'file-missing' }, `ALERT: the file of ${date} is not there after ${ALERT_AFTER_DAYS} days, and may be deleted after seven: ask Alipay, or upload it`);
    }
  }
}
