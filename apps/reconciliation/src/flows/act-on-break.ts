import { err, ok, type Result } from '@scantill/kernel';
import type { Cause, Clock, Database, OutboxRelay } from '@scantill/platform';
import { decideAction, type Action, type ActionRefused } from '../core/decide-break.js';
import type { BreakRepository } from '../outbound/break.repository.js';

export interface ActionRequest {
  readonly chainId: string;
  readonly breakId: string;
  readonly action: Action;
  readonly cause: Cause;
}

/** What people, and systems in their name, do with a break. */
export class ActOnBreak {
  constructor(private readonly database: Database, private readonly breaks: BreakRepository, private readonly clock: Clock, private readonly relay: OutboxRelay) {}

  async run({ chainId, breakId, action, cause }: ActionRequest): Promise<Result<void, ActionRefused | { readonly kind: 'NotFound' }>> {
    return this.database.transaction(async (tx) => {
      const before = await this.breaks.lock(tx, chainId, breakId);
      if (before === undefined) return err({ kind: 'NotFound' });
      const decided = decideAction(before.life, action, await this.breaks.lastDeed(tx, breakId, action.by));
      if (!decided.ok) return decided;
      await this.breaks.save(tx, [{ before, events: decided.value }], action.by, { at: this.clock.now(), cause });
      tx.afterCommit(this.relay.wake);
      return ok(undefined);
    });
  }
}
