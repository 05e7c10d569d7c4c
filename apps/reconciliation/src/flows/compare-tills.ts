import { randomUUID } from 'node:crypto';
import { ok } from '@scantill/kernel';
import type { Clock, Database, Directory, OutboxRelay } from '@scantill/platform';
import { verdict } from '../core/break.js';
import type { Evidence } from '../core/break-life.js';
import { decideGone } from '../core/decide-break.js';
import { compareTills, type TillDiffers } from '../core/till-day.js';
import { RECONCILIATION } from '../outbound/break-history.js';
import type { Break, Owned } from '../outbound/break-row.js';
import type { BreakRepository } from '../outbound/break.repository.js';
import { inBulk, lockAccount, type Bulk } from '../outbound/bulk.js';
import type { Occasion } from '../outbound/reconciliation-events.js';
import { sideOf, toTillDifference, type TillBreaks } from '../outbound/till-breaks.js';
import type { AccountDays, ClosingInForce, TillClosingRepository } from '../outbound/till-closing.repository.js';
import { toTillDay, type TillDays } from '../outbound/till-days.js';
import type { TillSums } from '../outbound/till-sums.js';
import type { FoundBreak, KeepBreaks } from './keep-breaks.js';

export interface CompareTillsParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly closings: TillClosingRepository;
  readonly tillDays: TillDays;
  readonly sums: TillSums;
  readonly tillBreaks: TillBreaks;
  readonly breaks: BreakRepository;
  readonly keepBreaks: KeepBreaks;
  readonly clock: Clock;
  readonly relay: OutboxRelay;
}

/** What the tills of a store came to in a trading day, against what we know of it. Safe to repeat: nothing changes. */
export class CompareTills {
  constructor(private readonly parts: CompareTillsParts) {}

  /** One transaction for each account, whatever the number of its stores: they are added up in one pass. */
  async run(keys: readonly string[]): Promise<void> {
    const { database, closings, tillDays, clock } = this.parts;
    const at = clock.now();
    const days = keys.map(toTillDay);
    for (const ofAccount of await closings.byAccount(days)) {
      await inBulk(database, async (bulk) => {
        await lockAccount(bulk, ofAccount.accountId);
        return ok(await this.compare(bulk, ofAccount, at));
      });
    }
    for (const day of days) await tillDays.end(day, at);
  }

  private async compare(bulk: Bulk, { days, ...owned }: AccountDays, at: Date): Promise<void> {
    const { closings, sums, keepBreaks, relay } = this.parts;
    const occasion = { at, cause: { correlationId: randomUUID(), causationId: null } };
    const inForce = await closings.inForce(bulk, days);
    const accountIds = this.accountsOf(owned, inForce);
    const ours = await sums.of(bulk, accountIds, inForce);
    const found = inForce.flatMap((closing, position) => compareTills(ours[position] ?? [], closing.totals)
      .filter((differs) => accountOf(closing, differs) === owned.accountId).map((differs) => toFound(closing, differs)));
    await keepBreaks.begin(bulk);
    await keepBreaks.found(bulk, owned, found, occasion);
    await this.close(bulk, { ...owned, days }, { inForce, accountIds, occasion });
    bulk.tx.afterCommit(relay.wake);
  }

  private async close(bulk: Bulk, { accountId, days }: AccountDays, { inForce, accountIds, occasion }: { readonly inForce: readonly ClosingInForce[]; readonly accountIds: readonly string[]; readonly occasion: Occasion }): Promise<void> {
    const { tillBreaks, breaks } = this.parts;
    for (const { gone, lastByMatching } of await tillBreaks.gone(bulk, accountId, days)) {
      const closing = inForce.find(({ storeId, date }) => storeId === gone.storeId && date === gone.life.facts.date);
      const evidence = closing === undefined ? { fileId: null, line: null } : await this.evidence(bulk, gone, closing, accountIds);
      await breaks.save(bulk.tx, [{ before: gone, events: decideGone(gone.life, evidence, lastByMatching) }], RECONCILIATION, occasion);
    }
  }

  /** The later one of what the tills said and what we heard: it is why they agree now. */
  private async evidence(bulk: Bulk, gone: Break, closing: ClosingInForce, accountIds: readonly string[]): Promise<Evidence> {
    const newest = await this.parts.sums.newest(bulk, accountIds, closing, { side: sideOf(gone), currency: gone.amountAtRisk.currency });
    const isOurs = newest !== undefined && newest.recordedAt > closing.recordedAt;
    return { fileId: null, line: null, eventId: isOurs ? newest.eventId : closing.eventId };
  }

  /** A store may have changed its account within the day. */
  private accountsOf({ chainId, accountId }: Owned, inForce: readonly ClosingInForce[]): string[] {
    const ofChain = this.parts.directory.accounts().filter((account) => account.chainId === chainId).map((account) => account.accountId);
    return [...new Set([accountId, ...ofChain, ...inForce.flatMap(({ accounts }) => Object.values(accounts))])];
  }
}

/** Of a currency in which the store does not sell any more, one of its others has the break. */
function accountOf({ accounts }: ClosingInForce, { ours }: TillDiffers): string | undefined {
  return accounts[ours.currency] ?? Object.values(accounts).sort()[0];
}

function toFound(closing: ClosingInForce, differs: TillDiffers): FoundBreak {
  return { difference: toTillDifference(closing, differs), verdict: verdict('till-differs', differs), causedBy: null };
}
