import { randomUUID } from 'node:crypto';
import { ok } from '@scantill/kernel';
import type { Clock, Database, OutboxRelay } from '@scantill/platform';
import { verdict } from '../core/break.js';
import { inBulk, lockAccount, type Bulk } from '../outbound/bulk.js';
import { toLateDay, type LateDay, type LateDays } from '../outbound/late-days.js';
import type { LateExpectation, Unsettled } from '../outbound/unsettled.js';
import type { FileBreaks } from './file-breaks.js';
import type { FoundBreak, KeepBreaks } from './keep-breaks.js';

export interface OpenLateParts {
  readonly database: Database;
  readonly lateDays: LateDays;
  readonly unsettled: Unsettled;
  readonly keepBreaks: KeepBreaks;
  readonly fileBreaks: FileBreaks;
  readonly clock: Clock;
  readonly relay: OutboxRelay;
}

/** Opens breaks for what was not paid out in time, before any file says so. */
export class OpenLate {
  constructor(private readonly parts: OpenLateParts) {}

  /** One transaction for each day. */
  async run(keys: readonly string[]): Promise<void> {
    const { database, lateDays, clock } = this.parts;
    for (const day of keys.map(toLateDay)) {
      const at = clock.now();
      await inBulk(database, async (bulk) => {
        await lockAccount(bulk, day.accountId);
        return ok(await this.open(bulk, day, at));
      });
      await lateDays.end(day, at);
    }
  }

  private async open(bulk: Bulk, day: LateDay, at: Date): Promise<void> {
    const { unsettled, keepBreaks, fileBreaks, relay } = this.parts;
    const { chainId, accountId, lateOn } = day;
    const occasion = { at, cause: { correlationId: randomUUID(), causationId: null } };
    await keepBreaks.begin(bulk);
    let isLate = false;
    for await (const late of unsettled.becameLate(bulk, accountId, lateOn)) {
      isLate = true;
      await keepBreaks.found(bulk, { chainId, accountId }, late.map(toFoundLate), occasion);
    }
    if (isLate) await fileBreaks.missingSettlements(bulk, day, occasion);
    bulk.tx.afterCommit(relay.wake);
  }
}

export function toFoundLate({ difference, causedBy }: LateExpectation): FoundBreak {
  return { difference, verdict: verdict('late', difference), causedBy };
}
