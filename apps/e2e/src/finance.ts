import type { BreaksView, DayView, ExpectationsView, ImportView } from '@scantill/contracts';
import { demo } from './config.js';
import { eventually } from './eventually.js';
import { askFor } from './http.js';

const books = demo.reconciliation.url;
const key = demo.apiKeys['finance-1'].key;

/** Uploads a file of Alipay's as a person in finance does. */
export function upload(name: string, text: string): Promise<ImportView> {
  const form = new FormData();
  form.set('file', new Blob([text], { type: 'text/csv' }), name);
  return askFor(`${books}/v1/files`, { key, body: form });
}

export function day(date: string): Promise<DayView> {
  return askFor(`${books}/v1/days/${date}`, { key });
}

export function breaks(date: string): Promise<BreaksView> {
  return askFor(`${books}/v1/days/${date}/breaks`, { key });
}

export function breaksAsCsv(date: string): Promise<string> {
  return askFor(`${books}/v1/days/${date}/breaks`, { key, headers: { accept: 'text/csv' } });
}

/** What the books expect of an order, once they expect something. */
export function expectationOf(orderId: string): Promise<ExpectationsView['expectations'][number]> {
  return eventually(`an expectation of ${orderId}`, async () => {
    const { expectations } = await askFor<ExpectationsView>(`${books}/v1/orders/${orderId}/expectations`, { key: demo.apiKeys.system.key });
    return expectations[0];
  });
}
