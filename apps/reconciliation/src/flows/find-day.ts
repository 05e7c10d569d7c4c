import { add, type Currency, type Money } from '@scantill/kernel';
import type { Directory } from '@scantill/platform';
import type { BreakCount, BreakReader } from '../outbound/break.reader.js';
import type { ExpectationRepository } from '../outbound/expectation.repository.js';
import type { FileRepository, ImportedFile } from '../outbound/file.repository.js';

export interface Counted {
  readonly count: number;
  /** One per currency. */
  readonly amounts: readonly Money[];
}

/** How a day stands for one account. */
export interface AccountDay {
  readonly accountId: string;
  readonly files: readonly ImportedFile[];
  readonly lines: Counted;
  readonly expected: Counted;
  readonly matched: Counted;
  readonly breaks: readonly BreakCount[];
}

/** How a day stands for each account of a chain of which anything is known. */
export class FindDay {
  constructor(
    private readonly directory: Directory,
    private readonly files: FileRepository,
    private readonly expectations: ExpectationRepository,
    private readonly breaks: BreakReader,
  ) {}

  async run(chainId: string, date: string): Promise<AccountDay[]> {
    const files = await this.files.ofDay(chainId, date);
    const own = this.directory.accounts().filter((account) => account.chainId === chainId);
    // An account that left the directory keeps its past.
    const accountIds = [...new Set([...own, ...files].map(({ accountId }) => accountId))].sort();
    const [counts, breaks] = await Promise.all([this.expectations.counts(accountIds, date), this.breaks.counts(chainId, date)]);
    return accountIds.flatMap((accountId) => {
      const of = <Each extends { readonly accountId: string }>(all: readonly Each[]) => all.filter((each) => each.accountId === accountId);
      const inForce = of(files).filter(({ status, report }) => status === 'in-force' && report === 'transaction-items');
      const day: AccountDay = {
        accountId,
        files: of(files),
        lines: { count: sum(inForce.map(({ lines }) => lines)), amounts: byCurrency(inForce.flatMap(({ totals }) => totals)) },
        expected: { count: sum(of(counts).map(({ expected }) => expected)), amounts: of(counts).map(({ expectedAmount }) => expectedAmount) },
        matched: { count: sum(of(counts).map(({ matched }) => matched)), amounts: of(counts).map(({ matchedAmount }) => matchedAmount) },
        breaks: of(breaks),
      };
      return day.files.length + day.expected.count + day.breaks.length === 0 ? [] : [day];
    });
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function byCurrency(amounts: readonly Money[]): Money[] {
  const totals = new Map<Currency, Money>();
  for (const amount of amounts) {
    const before = totals.get(amount.currency);
    totals.set(amount.currency, before === undefined ? amount : add(before, amount));
  }
  return [...totals.values()];
}
