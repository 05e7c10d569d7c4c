import type { BreakListView, BreakView } from '@scantill/contracts';
import type { Query, Service } from './service.ts';
import { amountText, count, type WireAmount } from './words.ts';

/** How many of one kind, and what they put at risk in each currency. */
export interface BreakCount {
  readonly kind: string;
  readonly count: number;
  readonly amountAtRisk: readonly WireAmount[];
}

const PAGE = 200;

/** All pages of a list, one break after the other. */
export async function* breaksOf(service: Service, query: Query): AsyncGenerator<BreakView> {
  let after: string | undefined;
  do {
    const { breaks, next }: BreakListView = await service.get<BreakListView>('/v1/breaks', { ...query, limit: PAGE, after });
    yield* breaks;
    after = next ?? undefined;
  } while (after !== undefined);
}

/** What is open of an account, by kind. */
export async function openBreaks(service: Service, account: string): Promise<BreakCount[]> {
  const kinds = new Map<string, { count: number; readonly sums: Map<string, bigint> }>();
  for await (const { kind, amountAtRisk: { currency, minor } } of breaksOf(service, { account })) {
    const found = kinds.get(kind) ?? { count: 0, sums: new Map<string, bigint>() };
    found.count += 1;
    found.sums.set(currency, (found.sums.get(currency) ?? 0n) + BigInt(minor));
    kinds.set(kind, found);
  }
  return [...kinds].map(([kind, { count: number, sums }]) => ({ kind, count: number, amountAtRisk: [...sums].map(([currency, minor]) => ({ currency, minor: String(minor) })) }));
}

export function breakCountsText(counts: readonly BreakCount[]): string {
  const all = counts.reduce((sum, each) => sum + each.count, 0);
  if (all === 0) return 'no open breaks\n';
  const lines = counts.map((each) => `    ${each.count.toLocaleString('en-US').padStart(9)}  ${each.kind.padEnd(26)} ${each.amountAtRisk.map(amountText).join(', ')}`);
  return `${count(all, 'open break')}\n${lines.map((line) => `${line}\n`).join('')}`;
}
