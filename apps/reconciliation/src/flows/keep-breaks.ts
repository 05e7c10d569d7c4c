import { businessDate } from '@scantill/kernel';
import type { Verdict } from '../core/break.js';
import { breakKinds, withoutRisk } from '../core/break-kind.js';
import { begun, type BreakFacts } from '../core/break-life.js';
import { addDays } from '../core/calendar.js';
import { decideFound, decideGone } from '../core/decide-break.js';
import { wantsInquiry } from '../core/inquiry-answer.js';
import { RECONCILIATION } from '../outbound/break-history.js';
import { breakId, toFacts, toUnlived, type Break, type Owned, type Unlived } from '../outbound/break-row.js';
import type { BreakChange, BreakRepository, Compared } from '../outbound/break.repository.js';
import type { Bulk } from '../outbound/bulk.js';
import type { Difference } from '../outbound/day-matching.js';
import type { Occasion } from '../outbound/reconciliation-events.js';
import type { WantedInquiries } from '../outbound/wanted-inquiries.js';

export interface FoundBreak {
  readonly difference: Difference;
  readonly verdict: Verdict;
  /** The break of which it is a consequence. */
  readonly causedBy: string | null;
}

/** What a matching found and what it found no more, as breaks with a history. The caller holds the lock of what it compares (an account, the tills of a chain), begins, and wakes the relay. */
export class KeepBreaks {
  constructor(private readonly breaks: BreakRepository, private readonly inquiries: WantedInquiries) {}

  async begin(bulk: Bulk): Promise<void> {
    await this.breaks.begin(bulk);
  }

  /** @returns how many are new, changed, or there again */
  async found(bulk: Bulk, owned: Owned, found: readonly FoundBreak[], occasion: Occasion): Promise<number> {
    if (found.length === 0) return 0;
    const ids = found.map(({ difference, verdict }) => breakId(owned, verdict.kind, difference));
    await this.breaks.note(bulk, ids);
    const known = await this.breaks.known(bulk, ids);
    const changes = found.map((each, index) => changeOf(known.get(ids[index]!), owned, each, occasion.at));
    const saved = await this.breaks.save(bulk.tx, changes, RECONCILIATION, occasion);
    const wanted = new Set(changes.flatMap(({ before, events }) => (wantsInquiry(before.life.kind, before.type, events) ? [before.id] : [])));
    await this.inquiries.append(bulk, saved.filter(({ id }) => wanted.has(id)), occasion);
    return saved.length;
  }

  /** @returns how many closed because they are there no more */
  async gone(bulk: Bulk, compared: Compared, occasion: Occasion): Promise<number> {
    let closed = 0;
    for await (const page of this.breaks.gone(bulk, compared)) {
      const changes = page.map(({ gone, evidence, lastByMatching }): BreakChange => ({ before: gone, events: decideGone(gone.life, evidence, lastByMatching) }));
      const saved = await this.breaks.save(bulk.tx, changes, RECONCILIATION, occasion);
      closed += saved.filter(({ life }) => life.stage.status === 'resolved').length;
    }
    return closed;
  }
}

/** What finding it means for the break that there was before, if there was one. */
export function changeOf(before: Break | undefined, owned: Owned, { difference, verdict, causedBy }: FoundBreak, at: Date): BreakChange {
  const facts = toFacts(difference, causedBy);
  const unlived = toUnlived(owned, causedBy === null ? verdict : { ...verdict, amountAtRisk: withoutRisk(verdict.amountAtRisk) }, difference);
  // The evidence of what it is now; a break that is as it was keeps that of its opening.
  return before === undefined ? open(unlived, verdict, facts, at) : { before: { ...before, ...unlived }, events: decideFound(before.life, facts) };
}

function open(unlived: Unlived, { kind }: Verdict, facts: BreakFacts, at: Date): BreakChange {
  const dueOn = addDays(businessDate(at), breakKinds[kind].dueDays);
  return { before: { ...unlived, sequence: 0, openedAt: at, resolvedAt: null, life: begun(kind, facts, dueOn) }, events: [{ kind: 'opened', facts, dueOn }] };
}
