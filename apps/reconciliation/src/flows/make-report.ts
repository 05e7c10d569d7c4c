import { businessDate } from '@scantill/kernel';
import type { Clock, Database, Directory } from '@scantill/platform';
import { bridges, type Bridge } from '../core/bridge.js';
import type { Entry } from '../core/journal.js';
import type { PayOut } from '../core/pay-out.js';
import { exchangeFigures, feeFigures, salesFigures, type ExchangeFigures, type FeeFigures, type SalesFigures } from '../core/report-figures.js';
import type { Bulk } from '../outbound/bulk.js';
import { inOneMoment } from '../outbound/one-moment.js';
import { breakAges, knownAccounts, type BreakAges } from '../outbound/report-parts.js';
import type { ReportScope, ReportSums } from '../outbound/report-sums.js';
import type { UnsettledAge, UnsettledAges } from '../outbound/unsettled-ages.js';
import type { BookJournal } from './book-journal.js';
import { claimsOf, settledOf, unpaidMovements, type Moved, type SumMovements } from './sum-movements.js';

export interface ReportWish {
  readonly chainId: string;
  readonly from: string;
  readonly to: string;
  readonly accountId: string | null;
  readonly storeId: string | null;
}

export interface Report extends ReportWish {
  readonly madeAt: Date;
  /** Over all days and stores. */
  readonly sales: readonly SalesFigures[];
  readonly fees: readonly FeeFigures[];
  readonly exchange: readonly ExchangeFigures[];
  readonly payOuts: readonly PayOut[] | null;
  readonly unsettled: readonly UnsettledAge[];
  readonly bridge: readonly Bridge[];
  readonly breakAges: readonly BreakAges[];
  readonly entries: readonly Entry[] | null;
}

export interface MakeReportParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly sums: ReportSums;
  readonly unsettledAges: UnsettledAges;
  readonly sumMovements: SumMovements;
  readonly bookJournal: BookJournal;
  readonly clock: Clock;
}

export class MakeReport {
  constructor(private readonly parts: MakeReportParts) {}

  async run(wish: ReportWish): Promise<Report> {
    return inOneMoment(this.parts.database, async (bulk) => {
      const scope = await this.scopeOf(bulk, wish);
      return this.report(bulk, { wish, scope, moved: await this.parts.sumMovements.run(bulk, scope) });
    });
  }

  /** Day by day and store by store, one day at a time. */
  async *salesByDay(wish: ReportWish, days: readonly string[]): AsyncGenerator<SalesFigures> {
    for (const day of days) {
      const sold = await inOneMoment(this.parts.database, async (bulk) => this.parts.sums.sold(bulk, { ...await this.scopeOf(bulk, wish), from: day, to: day }, true));
      yield* salesFigures(sold);
    }
  }

  private async scopeOf(bulk: Bulk, { accountId, ...wish }: ReportWish): Promise<ReportScope> {
    return { ...wish, accountIds: await accountsOf(bulk, this.parts.directory, wish.chainId, accountId) };
  }

  private async report(bulk: Bulk, { wish, scope, moved }: { readonly wish: ReportWish; readonly scope: ReportScope; readonly moved: Moved }): Promise<Report> {
    const { unsettledAges, bookJournal, clock } = this.parts;
    const madeAt = clock.now();
    const today = businessDate(madeAt);
    return {
      ...wish, madeAt,
      sales: salesFigures(moved.sold.map((each) => ({ ...each, date: '' }))),
      fees: feeFigures(moved.groups), exchange: exchangeFigures(moved.groups), payOuts: moved.payOuts,
      unsettled: await unsettledAges.ofReport(bulk, scope, today),
      bridge: bridges({ from: scope.from, to: scope.to, movements: unpaidMovements(moved), claims: claimsOf(moved), payOuts: moved.payOuts, settled: settledOf(moved) }),
      breakAges: await breakAges(bulk, scope, today),
      entries: scope.storeId === null ? await bookJournal.run(bulk, scope, moved) : null,
    };
  }
}

/** Those of the chain; another chain's account is none. */
export async function accountsOf(bulk: Bulk, directory: Directory, chainId: string, accountId: string | null): Promise<string[]> {
  const own = directory.accounts().filter((account) => account.chainId === chainId).map((account) => account.accountId);
  return [...new Set([...own, ...await knownAccounts(bulk, chainId)])].filter((id) => accountId === null || id === accountId).sort();
}
