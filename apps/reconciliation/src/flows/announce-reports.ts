import { randomUUID } from 'node:crypto';
import { appendEvents, type Clock, type Database, type OutboxRelay } from '@scantill/platform';
import { toDay } from '../outbound/due-days.js';
import type { DueReports } from '../outbound/due-reports.js';
import { toReportReadyRow } from '../outbound/reconciliation-events.js';

/** Says that the report of a day can be read: once for each comparison that changed something, when it has been quiet for a while. */
export class AnnounceReports {
  constructor(private readonly database: Database, private readonly dueReports: DueReports, private readonly clock: Clock, private readonly relay: OutboxRelay) {}

  async run(keys: readonly string[]): Promise<void> {
    for (const day of keys.map(toDay)) {
      const at = this.clock.now();
      await this.database.transaction(async (tx) => {
        const stand = await this.dueReports.stand(tx, day);
        await appendEvents(tx, [toReportReadyRow(day, stand, { at, cause: { correlationId: randomUUID(), causationId: null } })]);
        tx.afterCommit(this.relay.wake);
      });
      // After the event and not with it: a comparison that ends now gives a new date, which stands.
      await this.dueReports.end(day, at);
    }
  }
}
