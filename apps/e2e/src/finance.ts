import type { BreakDetailView, BreaksView, DayView, ExpectationsView, FilesView, FileView, ImportView } from '@scantill/contracts';
import { demo } from './config.js';
import { eventually } from './eventually.js';
import { askFor } from './http.js';

const books = demo.reconciliation.url;
const key = demo.apiKeys['finance-1'].key;

/** Uploads a file of Alipay's as a person in finance does, who also accepts it where it says otherwise than the one before it. */
export async function upload(name: string, text: string): Promise<ImportView> {
  const form = new FormData();
  form.set('file', new Blob([text], { type: 'text/csv' }), name);
  const answer = await askFor<ImportView | FileView>(`${books}/v1/files`, { key, body: form });
  return 'status' in answer && answer.status === 'pending' ? accept(answer.fileId) : (answer as ImportView);
}

function accept(fileId: string): Promise<ImportView> {
  return askFor(`${books}/v1/files/${fileId}/accept`, { key, method: 'POST' });
}

/** Several times what lies between two looks at a source of the test stack. */
const ARRIVES_WITHIN_MS = 60_000;

/** Waits until the file of a day has come by itself, from where Alipay puts it. */
export async function arrived(date: string, account: string): Promise<void> {
  await eventually(`the file of ${date} for ${account}`, async () => {
    const { files } = await askFor<FilesView>(`${books}/v1/files?date=${date}&account=${account}&source=sftp&status=in-force`, { key });
    return files.length > 0;
  }, ARRIVES_WITHIN_MS);
}

/** Every account has a file of every day, also one that sold nothing. */
export async function dayOf(date: string, account: string): Promise<DayView['accounts'][number] | undefined> {
  const { accounts } = await askFor<DayView>(`${books}/v1/days/${date}`, { key });
  return accounts.find(({ accountId }) => accountId === account);
}

export function breaks(date: string): Promise<BreaksView> {
  return askFor(`${books}/v1/days/${date}/breaks`, { key });
}

/** With its history. */
export function breakOf(breakId: string): Promise<BreakDetailView> {
  return askFor(`${books}/v1/breaks/${breakId}`, { key });
}

export function breaksAsCsv(date: string): Promise<string> {
  return askFor(`${books}/v1/days/${date}/breaks`, { key, headers: { accept: 'text/csv' } });
}

type Expectation = ExpectationsView['expectations'][number];

/** What the books expect of an order, once they expect something. */
export async function expectationOf(orderId: string): Promise<Expectation> {
  return (await expectationsOf(orderId, 1))[0]!;
}

/** Once they expect so many things. */
export function expectationsOf(orderId: string, count: number): Promise<readonly Expectation[]> {
  return eventually(`${count} expectations of ${orderId}`, async () => {
    const { expectations } = await askFor<ExpectationsView>(`${books}/v1/orders/${orderId}/expectations`, { key: demo.apiKeys.system.key });
    return expectations.length >= count && expectations;
  });
}
