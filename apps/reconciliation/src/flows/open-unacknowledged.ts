import { randomUUID } from 'node:crypto';
import { ok } from '@scantill/kernel';
import { isTransient, type Clock, type Database, type Directory, type OutboxRelay } from '@scantill/platform';
import { whyEnded } from '../core/acknowledgement.js';
import { verdict } from '../core/break.js';
import { decideGone } from '../core/decide-break.js';
import { toAcknowledgeMinute, type AcknowledgeMinute, type AcknowledgeMinutes } from '../outbound/acknowledge-minutes.js';
import type { AcknowledgementRepository, EndedBreak } from '../outbound/acknowledgement.repository.js';
import { RECONCILIATION } from '../outbound/break-history.js';
import type { BreakChange, BreakRepository } from '../outbound/break.repository.js';
import { inBulk, lockAccount, type Bulk } from '../outbound/bulk.js';
import type { Difference } from '../outbound/day-matching.js';
import type { FoundBreak, KeepBreaks } from './keep-breaks.js';

export interface OpenUnacknowledgedParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly acknowledgements: AcknowledgementRepository;
  readonly minutes: AcknowledgeMinutes;
  readonly breaks: BreakRepository;
  readonly keepBreaks: KeepBreaks;
  readonly clock: Clock;
  readonly relay: OutboxRelay;
}

/** Opens breaks for what was paid and nobody of the chain is known to have heard of in time, and ends those of which somebody has heard since. */
export class OpenUnacknowledged {
  constructor(private readonly parts: OpenUnacknowledgedParts) {}

  /** One transaction for each minute. What cannot be done of one account now, because a file of it is being imported, keeps no other one waiting. */
  async run(keys: readonly string[]): Promise<void> {
    const busy = new Set<string>();
    const failures: unknown[] = [];
    for (const minute of keys.map(toAcknowledgeMinute)) {
      if (busy.has(minute.accountId)) continue;
      try {
        await this.lookAt(minute);
      } catch (error) {
        failures.push(error);
        if (isTransient(error)) busy.add(minute.accountId);
      }
    }
    if (failures.length > 0) throw failures.find((error) => !isTransient(error)) ?? failures[0];
  }

  private async lookAt(minute: AcknowledgeMinute): Promise<void> {
    const { database, minutes, clock } = this.parts;
    const at = clock.now();
    await inBulk(database, async (bulk) => {
      await lockAccount(bulk, minute.accountId);
      return ok(await this.look(bulk, minute, at));
    });
    await minutes.end(minute, at);
  }

  private async look(bulk: Bulk, minute: AcknowledgeMinute, at: Date): Promise<void> {
    const { directory, acknowledgements, breaks, keepBreaks, relay } = this.parts;
    const { chainId, accountId } = minute;
    // Whoever does not ask for it any more is told of nothing new; what was found before stays for people.
    if (directory.chain(chainId)?.acknowledges === undefined) return;
    const occasion = { at, cause: { correlationId: randomUUID(), causationId: null } };
    await keepBreaks.begin(bulk);
    await acknowledgements.begin(bulk, minute);
    for await (const unheard of acknowledgements.unheard(bulk, minute)) await keepBreaks.found(bulk, { chainId, accountId }, unheard.map(toFound), occasion);
    for await (const ended of acknowledgements.ended(bulk, minute)) await breaks.save(bulk.tx, ended.map(toChange), RECONCILIATION, occasion);
    bulk.tx.afterCommit(relay.wake);
  }
}

function toFound(difference: Difference): FoundBreak {
  return { difference, verdict: verdict('never-acknowledged', difference), causedBy: null };
}

function toChange({ before, heard, eventId, lastByMatching }: EndedBreak): BreakChange {
  const evidence = { fileId: null, line: null, says: whyEnded(heard), ...(eventId === null ? {} : { eventId }) };
  return { before, events: decideGone(before.life, evidence, lastByMatching) };
}
