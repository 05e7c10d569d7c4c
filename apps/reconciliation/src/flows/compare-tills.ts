import { randomUUID } from 'node:crypto';
import { assert, ok } from '@scantill/kernel';
import type { Clock, Database, Directory, OutboxRelay } from '@scantill/platform';
import { verdict } from '../core/break.js';
import type { Evidence } from '../core/break-life.js';
import { decideGone } from '../core/decide-break.js';
import { compareTills, type TillDay, type TillDiffers } from '../core/till-day.js';
import { RECONCILIATION } from '../outbound/break-history.js';
import type { Break } from '../outbound/break-row.js';
import type { BreakRepository } from '../outbound/break.repository.js';
import { inBulk, type Bulk } from '../outbound/bulk.js';
import type { Occasion } from '../outbound/reconciliation-events.js';
import { sideOf, toTillDifference, type TillBreaks } from '../outbound/till-breaks.js';
import type { ClosingInForce, TillClosingRepository } from '../outbound/till-closing.repository.js';
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

/** The days of a chain that are compared together. */
interface Compared {
  readonly days: readonly TillDay[];
  readonly inForce: readonly ClosingInForce[];
  /** All that its stores may have sold under. */
  readonly accountIds: readonly string[];
  readonly occasion: Occasion;
}

/** What the tills of stores came to in trading days, against what we know of them. Safe to repeat: nothing changes. */
export class CompareTills {
  constructor(private readonly parts: CompareTillsParts) {}

  /** One transaction for each chain, whatever the number of its stores and accounts: they are added up in one pass. A chain that fails is taken up again later, and keeps no other waiting. */
  async run(keys: readonly string[]): Promise<void> {
    const { database, closings, tillDays, clock } = this.parts;
    const at = clock.now();
    const failures: unknown[] = [];
    for (const [chainId, days] of Map.groupBy(keys.map(toTillDay), (day) => day.chainId)) {
      try {
        await inBulk(database, async (bulk) => {
          // Not the lock of an account: an import of minutes holds it, and no import looks at these breaks.
          await closings.lock(bulk, chainId);
          return ok(await this.compare(bulk, chainId, days, at));
        });
        await tillDays.end(days, at);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  private async compare(bulk: Bulk, chainId: string, days: readonly TillDay[], at: Date): Promise<void> {
    const { directory, closings, sums, keepBreaks, relay } = this.parts;
    const inForce = await closings.inForce(bulk, days);
    const ofChain = directory.accounts().filter((account) => account.chainId === chainId).map((account) => account.accountId);
    // A store may have changed its account within the day, or since an earlier edition.
    const accountIds = [...new Set([...ofChain, ...await closings.accounts(bulk, days)])].sort();
    const compared: Compared = { days, inForce, accountIds, occasion: { at, cause: { correlationId: randomUUID(), causationId: null } } };
    const ours = await sums.of(bulk, accountIds, inForce);
    const found = inForce.flatMap((closing, position) => compareTills(ours[position] ?? [], closing.totals).map((differs) => ({ accountId: accountOf(closing, differs), each: toFound(closing, differs) })));
    await keepBreaks.begin(bulk);
    for (const [accountId, ofAccount] of Map.groupBy(found, (differs) => differs.accountId)) {
      await keepBreaks.found(bulk, { chainId, accountId }, ofAccount.map(({ each }) => each), compared.occasion);
    }
    await this.close(bulk, compared);
    bulk.tx.afterCommit(relay.wake);
  }

  private async close(bulk: Bulk, compared: Compared): Promise<void> {
    const { tillBreaks, breaks } = this.parts;
    for await (const page of tillBreaks.gone(bulk, compared.accountIds, compared.days)) {
      const evidence = await this.evidence(bulk, page.map(({ gone }) => gone), compared);
      const changes = page.map(({ gone, lastByMatching }, index) => ({ before: gone, events: decideGone(gone.life, evidence[index]!, lastByMatching) }));
      await breaks.save(bulk.tx, changes, RECONCILIATION, compared.occasion);
    }
  }

  /** The later one of what the tills said and what we heard: it is why they agree now. */
  private async evidence(bulk: Bulk, gone: readonly Break[], { inForce, accountIds }: Compared): Promise<Evidence[]> {
    const byDay = new Map(inForce.map((closing) => [`${closing.storeId} ${closing.date}`, closing]));
    const slots = gone.map((each) => {
      const closing = byDay.get(`${each.storeId} ${each.life.facts.date}`);
      assert(closing !== undefined, 'a day that was compared stays closed');
      return { closing, side: sideOf(each), currency: each.amountAtRisk.currency };
    });
    const newest = await this.parts.sums.newest(bulk, accountIds, slots);
    return slots.map(({ closing }, position) => {
      const ours = newest.get(position);
      return { fileId: null, line: null, eventId: ours !== undefined && ours.recordedAt > closing.recordedAt ? ours.eventId : closing.eventId };
    });
  }
}

/** Of a currency in which the store does not sell any more, one of its others has the break. */
function accountOf({ accounts }: ClosingInForce, { ours }: TillDiffers): string {
  const accountId = accounts[ours.currency] ?? Object.values(accounts).sort()[0];
  assert(accountId !== undefined, 'a store that closes a day sells under an account');
  return accountId;
}

function toFound(closing: ClosingInForce, differs: TillDiffers): FoundBreak {
  return { difference: toTillDifference(closing, differs), verdict: verdict('till-differs', differs), causedBy: null };
}
