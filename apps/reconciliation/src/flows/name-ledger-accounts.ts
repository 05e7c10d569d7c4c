import type { Clock, Database } from '@scantill/platform';
import type { Actor } from '../core/break-life.js';
import { defaultLedger, type LedgerAccount, type LedgerPurpose } from '../core/journal.js';
import type { LedgerRepository, LockedPeriod } from '../outbound/ledger.repository.js';

export type NamedAccount = LedgerAccount & { readonly isDefault: boolean };

/** Which accounts of its general ledger a chain books to. Locked months keep those that they were booked with. */
export class NameLedgerAccounts {
  constructor(private readonly database: Database, private readonly ledgers: LedgerRepository, private readonly clock: Clock) {}

  async show(chainId: string): Promise<Record<LedgerPurpose, NamedAccount>> {
    const named = await this.ledgers.named(this.database, chainId);
    const all = Object.entries(defaultLedger) as [LedgerPurpose, LedgerAccount][];
    return Object.fromEntries(all.map(([purpose, account]) => [purpose, { ...named.get(purpose) ?? account, isDefault: !named.has(purpose) }])) as Record<LedgerPurpose, NamedAccount>;
  }

  async run(chainId: string, accounts: ReadonlyMap<LedgerPurpose, LedgerAccount>, by: Actor): Promise<void> {
    await this.database.transaction((tx) => this.ledgers.name(tx, chainId, accounts, { by, at: this.clock.now() }));
  }

  locked(chainId: string): Promise<LockedPeriod[]> {
    return this.ledgers.periods(this.database, chainId);
  }
}
