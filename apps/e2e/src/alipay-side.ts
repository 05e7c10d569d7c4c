import { demo } from './config.js';
import { ask, askFor, type Answer } from './http.js';

export type WalletId = 'alipay-cn' | 'kakaopay' | 'gcash';

export interface LedgerEntry {
  readonly clientId: string;
  readonly settlementCurrency: string | null;
  readonly referenceOrderId: string | null;
  readonly paymentRequestId: string;
  readonly paymentId: string;
  readonly amount: { readonly currency: string; readonly value: string };
  readonly status: 'PROCESSING' | 'SUCCESS' | 'FAIL' | 'CANCELLED';
  readonly paidAt: string | null;
  readonly refunds: readonly { readonly refundRequestId: string; readonly value: string; readonly status: 'PROCESSING' | 'SUCCESS' | 'FAIL' }[];
}

export interface ClosedDay {
  readonly date: string;
  readonly rows: number;
  readonly remotePath: string;
  readonly url: string;
  /** One for each account; the one above is the first. */
  readonly files: readonly { readonly rows: number; readonly remotePath: string }[];
}

const control = `${demo.simulator.url}/control`;

/** A customer with a phone, as a script. */
export function confirm(code: string, wallet: WalletId = 'alipay-cn'): Promise<Answer<{ state: string }>> {
  return ask(`${control}/confirm`, { body: { code, wallet } });
}

/** The customer changes their mind in front of the order. */
export function decline(code: string, wallet: WalletId = 'alipay-cn'): Promise<Answer<{ state: string }>> {
  return ask(`${control}/decline`, { body: { code, wallet } });
}

export function scan(code: string, wallet: WalletId = 'alipay-cn'): Promise<{ state: string; walletAmount: { currency: string; value: string } }> {
  return askFor(`${control}/scan`, { body: { code, wallet } });
}

/** Ends Alipay's open day: its file is written, and what follows is booked in the next day. */
export function closeDay(): Promise<ClosedDay> {
  return askFor(`${control}/close-day`, { body: {} });
}

/** The file of a closed day as Alipay would put it on its server. */
export async function fileOf(day: Pick<ClosedDay, 'remotePath'>): Promise<{ name: string; text: string }> {
  const text = await askFor<string>(`${control}/files${day.remotePath}`);
  return { name: day.remotePath.split('/').at(-1) ?? '', text };
}

/** Alipay's own books, whole. */
export async function ledger(): Promise<readonly LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (let cursor: number | null = 0; cursor !== null; ) {
    const page: { payments: LedgerEntry[]; next: number | null } = await askFor(`${control}/ledger?cursor=${cursor}&limit=5000`);
    entries.push(...page.payments);
    cursor = page.next;
  }
  return entries;
}

/** The latest payment of an order at Alipay. */
export async function paymentOf(orderId: string): Promise<LedgerEntry> {
  const payment = (await ledger()).findLast(({ referenceOrderId }) => referenceOrderId === `${demo.chain.id}_${orderId}`);
  if (payment === undefined) throw new Error(`Alipay knows no payment of ${orderId}`);
  return payment;
}
