import type { AuditTarget } from '../../audit/read-books.ts';
import { rows } from '../../audit/rows.ts';
import type { Demo } from '../../stack/demo.ts';
import { ask } from './ask.ts';

interface ClosedFile {
  readonly remotePath: string;
}

/** What the books said of Alipay's files of the day. */
export interface ClosedDay {
  readonly date: string;
  readonly lines: number;
  readonly breaks: Readonly<Record<string, number>>;
}

/** Ends Alipay's day and gives its files to reconciliation, as a person in finance does. */
export async function closeDay(demo: Demo): Promise<ClosedDay> {
  const control = `${demo.simulator.url}/control`;
  const { date, files } = (await ask({ url: `${control}/close-day`, body: {} })).body as { date: string; files: readonly ClosedFile[] };
  let lines = 0;
  for (const { remotePath } of files) {
    const text = (await ask({ url: `${control}/files${remotePath}`, method: 'GET' })).body as string;
    const form = new FormData();
    form.set('file', new Blob([text], { type: 'text/csv' }), remotePath.split('/').at(-1));
    const imported = await ask({ url: `${demo.reconciliation.url}/v1/files`, key: demo.apiKeys['finance-1'].key, body: form });
    lines += (imported.body as { lines: number }).lines;
  }
  return { date, lines, breaks: await breaksOf(demo, date) };
}

async function breaksOf(demo: Demo, date: string): Promise<Record<string, number>> {
  const { body } = await ask({ url: `${demo.reconciliation.url}/v1/days/${date}/breaks`, method: 'GET', key: demo.apiKeys['finance-1'].key });
  const counts: Record<string, number> = {};
  for (const { kind } of (body as { breaks: readonly { kind: string }[] }).breaks) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** What waits for a person by rule: known, and no violation. */
export async function waitingForPeople({ databaseUrls }: AuditTarget, prefix: string): Promise<string[]> {
  const query = `select order_key, status, attention from payments where order_key like '%:${prefix}%' and attention is not null order by order_key`;
  const found: string[] = [];
  for await (const { order_key, status, attention } of rows<{ order_key: string; status: string; attention: string }>(databaseUrls['payment-gateway'], query)) found.push(`${order_key}: its payment is ${status}, and ${attention}`);
  return found;
}
