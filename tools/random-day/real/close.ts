import type { BreakListView, BreakView } from '@scantill/contracts';
import type { AuditTarget } from '../../audit/read-books.ts';
import { rows } from '../../audit/rows.ts';
import { demoAccounts } from '../../stack/demo-accounts.ts';
import type { Demo } from '../../stack/demo.ts';
import { ask, type Answer } from './ask.ts';
import type { PlantedDefect } from './explain.ts';
import type { DayPlan } from './plan.ts';

interface WrittenFile {
  readonly remotePath: string;
}

interface Closed {
  readonly date: string;
  readonly files: readonly WrittenFile[];
  readonly settlementFiles: readonly WrittenFile[];
  readonly defects: readonly PlantedDefect[];
}

/** What the books said of Alipay's files of the day. */
export interface ClosedDay {
  readonly date: string;
  readonly files: number;
  readonly lines: number;
  /** Mistakes that Alipay made in them. */
  readonly planted: readonly PlantedDefect[];
  readonly breaks: readonly BreakView[];
  /** Files that were not taken in, though nothing was to be wrong with them. */
  readonly refused: readonly string[];
}

const PAGE = 500;
/** A file that says so of itself is not taken in. */
const REFUSED = 422;

/** Ends Alipay's day and gives all its files to reconciliation, as a person in finance does. */
export async function closeDay(demo: Demo, { seed, defects }: Pick<DayPlan, 'seed' | 'defects'>): Promise<ClosedDay> {
  const control = `${demo.simulator.url}/control`;
  // A simulator that was killed has forgotten what was set before.
  for (const { clientId } of demoAccounts) await ask({ url: `${control}/accounts/${clientId}/files`, body: { settlement: {} } });
  const before = new Set((await openBreaks(demo)).map(({ breakId }) => breakId));
  const { date, files, settlementFiles, defects: planted } = (await ask({ url: `${control}/close-day`, body: { seed, defects } })).body as Closed;
  let lines = 0;
  const refused: string[] = [];
  for (const { remotePath } of [...files, ...settlementFiles]) {
    const { status, body } = await importFile(demo, remotePath);
    if (status !== REFUSED) lines += (body as { lines: number }).lines;
    else if (!planted.some(({ kind, customerId }) => kind === 'total-wrong' && remotePath.includes(`/${customerId}/`))) refused.push(`${remotePath} was refused: ${JSON.stringify(body)}`);
  }
  const breaks = (await openBreaks(demo)).filter(({ breakId }) => !before.has(breakId));
  return { date, files: files.length + settlementFiles.length, lines, planted, breaks, refused };
}

async function importFile(demo: Demo, remotePath: string): Promise<Answer> {
  const text = (await ask({ url: `${demo.simulator.url}/control/files${remotePath}`, method: 'GET' })).body as string;
  const form = new FormData();
  form.set('file', new Blob([text], { type: 'text/csv' }), remotePath.split('/').at(-1));
  // An empty file does not tell whose it is.
  const account = demoAccounts.find(({ customerId }) => remotePath.includes(`/${customerId}/`))?.accountId ?? '';
  return ask({ url: `${demo.reconciliation.url}/v1/files?account=${account}`, key: demo.apiKeys['finance-1'].key, body: form, fine: [REFUSED] });
}

async function openBreaks(demo: Demo): Promise<BreakView[]> {
  const all: BreakView[] = [];
  let next: string | null = '';
  while (next !== null) {
    const url: string = `${demo.reconciliation.url}/v1/breaks?limit=${PAGE}${next === '' ? '' : `&after=${next}`}`;
    const page = (await ask({ url, method: 'GET', key: demo.apiKeys['finance-1'].key })).body as BreakListView;
    all.push(...page.breaks);
    next = page.next;
  }
  return all;
}

/** What waits for a person by rule: known, and no violation. */
export async function waitingForPeople({ databaseUrls }: AuditTarget, prefix: string): Promise<string[]> {
  const query = `select order_key, status, attention from payments where order_key like '%:${prefix}%' and attention is not null order by order_key`;
  const found: string[] = [];
  for await (const { order_key, status, attention } of rows<{ order_key: string; status: string; attention: string }>(databaseUrls['payment-gateway'], query)) found.push(`${order_key}: its payment is ${status}, and ${attention}`);
  return found;
}
