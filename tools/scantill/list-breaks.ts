import type { BreakView } from '@scantill/contracts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { breaksOf } from './open-breaks.ts';
import type { Service } from './service.ts';
import { amountText, count, json, table } from './words.ts';

export interface BreaksOptions {
  readonly kind?: string;
  readonly account?: string;
  readonly store?: string;
  readonly status: string;
  readonly date?: string;
  readonly owner?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const HEADER = ['break', 'day', 'kind', 'status', 'account', 'store', 'order', 'at risk', 'age', 'owner', 'due'];

/** The oldest first. Found breaks that nobody resolved yet are what the exit code tells. */
export async function listBreaks(service: Service, { date, limit, json: wantsJson, ...filter }: BreaksOptions, { stdout }: Io): Promise<ExitCode> {
  const found: BreakView[] = [];
  let isCut = false;
  for await (const each of ofDay(service, filter, date)) {
    isCut = found.length === limit;
    if (isCut) break;
    found.push(each);
  }
  if (wantsJson === true) stdout.write(json({ breaks: found, isCut }));
  else if (found.length === 0) stdout.write('no breaks\n');
  else stdout.write(`${table(HEADER, found.map(cells))}${count(found.length, 'break')}${isCut ? ', and there are more: --limit shows them' : ''}\n`);
  return found.some(({ status }) => status !== 'resolved') ? exitCodes.breaks : exitCodes.clean;
}

/** The list goes from the oldest day to the newest, so what comes after a day need not be read. */
async function* ofDay(service: Service, filter: Readonly<Record<string, string | undefined>>, date: string | undefined): AsyncGenerator<BreakView> {
  for await (const each of breaksOf(service, { ...filter, sort: 'oldest' })) {
    if (date !== undefined && each.businessDate > date) return;
    if (date === undefined || each.businessDate === date) yield each;
  }
}

function cells({ breakId, businessDate, kind, status, accountId, storeId, orderId, amountAtRisk, causedBy, ageDays, owner, dueOn }: BreakView): string[] {
  const risk = causedBy === null ? amountText(amountAtRisk) : `by ${causedBy.slice(0, 8)}`;
  return [breakId, businessDate, kind, status, accountId, storeId ?? '', orderId ?? '', risk, `${ageDays} d`, owner ?? '', dueOn];
}
