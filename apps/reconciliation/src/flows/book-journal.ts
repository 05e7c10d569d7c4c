import { assert } from '@scantill/kernel';
import { endOfMonth } from '../core/calendar.js';
import { correctionsOf, entriesOf, monthOf, nextOpen, type Entry, type Ledger } from '../core/journal.js';
import type { Movement } from '../core/movement.js';
import type { Bulk } from '../outbound/bulk.js';
import type { LedgerRepository } from '../outbound/ledger.repository.js';
import type { ReportScope } from '../outbound/report-sums.js';
import { paidMovements, unpaidMovements, type Moved, type SumMovements } from './sum-movements.js';

/** Books of a year and a month ago are not corrected any more. */
const CORRECTED_MONTHS_MAX = 13;

/** The general-ledger journal: of locked months as it was booked, of open ones as it is now, with what changed in the locked ones. */
export class BookJournal {
  constructor(private readonly ledgers: LedgerRepository, private readonly sumMovements: SumMovements) {}

  /** @param moved what moved in the days of the scope, which is of whole accounts */
  async run(bulk: Bulk, scope: ReportScope, moved: Moved): Promise<Entry[]> {
    assert(scope.storeId === null, 'the journal is of whole accounts');
    const ledger = await this.ledgers.ledger(bulk.tx, scope.chainId);
    const locked = new Set((await this.ledgers.periods(bulk.tx, scope.chainId)).map(({ month }) => month));
    const open = movementsOf(moved, scope).filter(({ date }) => !locked.has(monthOf(date)));
    const booked = await this.ledgers.ofDays(bulk, scope.chainId, scope);
    const corrections = await this.corrections(bulk, scope, ledger, locked);
    return [...booked, ...corrections, ...entriesOf(open, ledger)].sort((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1));
  }

  /** What became known of locked months since, in the month that is open next. */
  private async corrections(bulk: Bulk, scope: ReportScope, ledger: Ledger, locked: ReadonlySet<string>): Promise<Entry[]> {
    const corrected = [...locked].sort().slice(-CORRECTED_MONTHS_MAX).filter((month) => {
      const on = `${nextOpen(month, locked)}-01`;
      return on >= scope.from && on <= scope.to;
    });
    const entries: Entry[] = [];
    for (const month of corrected) {
      const days = { ...scope, from: `${month}-01`, to: endOfMonth(`${month}-01`) };
      const booked = await this.ledgers.forMonth(bulk, scope.chainId, month, scope.accountIds);
      const now = movementsOf(await this.sumMovements.run(bulk, days), days);
      entries.push(...correctionsOf(month, booked, now, { on: `${nextOpen(month, locked)}-01`, ledger }));
    }
    return entries;
  }
}

function movementsOf(moved: Moved, scope: ReportScope): Movement[] {
  return [...unpaidMovements(moved), ...paidMovements(moved, scope)];
}
