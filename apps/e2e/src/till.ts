import type { OrderView, Problem, ToldView, WireAmount } from '@scantill/contracts';
import { demo } from './config.js';
import { eventually, WITHIN_MS } from './eventually.js';
import { ask, type Answer } from './http.js';

export interface OrderWish {
  readonly orderId: string;
  readonly storeId: string;
  readonly tillId?: string;
  readonly amount: WireAmount;
  readonly description: string;
  readonly lines?: readonly { readonly name: string; readonly quantity: number }[];
  readonly codeSeconds?: number;
}

/** An order, or the problem with it. */
export type OrderAnswer = OrderView & Omit<Problem, 'status'>;

const key = demo.apiKeys.system.key;
const orders = `${demo.order.url}/v1/orders`;
const startedAt = Date.now().toString(36).toUpperCase();
let sold = 0;

/** Unique also between runs against the same system. */
export function newOrderId(): string {
  sold += 1;
  return `E2E-${startedAt}-${sold}-${process.pid}`;
}

/** Two lattes at the first till, unless told otherwise. */
export function newOrder(changes: Partial<OrderWish> = {}): OrderWish {
  return {
    orderId: newOrderId(), storeId: 'S001', tillId: 'T1', amount: { currency: 'USD', minor: '1099' }, description: 'Breakfast for two',
    lines: [{ name: 'Flat white, oat milk', quantity: 2 }, { name: 'Kaya toast', quantity: 1 }], ...changes,
  };
}

/** @param wish an order, or whatever else a till may send by mistake */
export function place(wish: unknown, query = '?wait=code&waitSeconds=10'): Promise<Answer<OrderAnswer>> {
  return ask(orders + query, { key, body: wish });
}

/** Sends the same again while the answer is that it takes longer. */
async function answered(send: () => Promise<Answer<OrderAnswer>>): Promise<Answer<OrderAnswer>> {
  const first = await send();
  return first.status === 202 ? send() : first;
}

/** What a till has in its hands once there is a code. */
export interface Sale {
  readonly orderId: string;
  readonly code: string;
  readonly paymentId: string;
}

/** Places an order that must get its code. */
export async function sell(changes: Partial<OrderWish> = {}): Promise<Sale> {
  const order = newOrder(changes);
  const { status, body } = await answered(() => place(order));
  if (status !== 201 || body.code === null) throw new Error(`no code: ${status} ${JSON.stringify(body)}`);
  return { orderId: body.orderId, code: body.code.text, paymentId: body.payments.at(-1)?.paymentId ?? '' };
}

export function find(orderId: string): Promise<Answer<OrderAnswer>> {
  return ask(`${orders}/${orderId}`, { key });
}

export function cancel(orderId: string, reason?: string): Promise<Answer<OrderAnswer>> {
  return ask(`${orders}/${orderId}/cancel`, { key, method: 'POST', body: reason === undefined ? {} : { reason } });
}

/** Gives a part back, and waits for what Alipay says to it. */
export function refund(orderId: string, refundKey: string, amount: WireAmount): Promise<Answer<OrderAnswer>> {
  return answered(() => ask(`${orders}/${orderId}/refunds?wait=result&waitSeconds=10`, { key, body: { amount }, headers: { 'idempotency-key': refundKey } }));
}

/** The order once it is as wanted. */
export function orderWhen(orderId: string, what: string, isSo: (order: OrderView) => boolean, withinMs = WITHIN_MS): Promise<OrderView> {
  return eventually(`order ${orderId} ${what}`, async () => {
    const { status, body } = await find(orderId);
    return status === 200 && isSo(body) && body;
  }, withinMs);
}

export function orderPaid(orderId: string): Promise<OrderView> {
  return orderWhen(orderId, 'to be paid', ({ status }) => status === 'paid');
}

/** The picture of the code as the till shows it. */
export async function picture(orderId: string, form: 'svg' | 'png'): Promise<{ type: string; bytes: Buffer }> {
  const response = await fetch(`${orders}/${orderId}/code.${form}`, { headers: { authorization: `Bearer ${key}` } });
  return { type: response.headers.get('content-type') ?? '', bytes: Buffer.from(await response.arrayBuffer()) };
}

/** What the store's stream has told about an order, in order: nothing until the order's first event has come to whoever tells it. */
export async function told(orderId: string): Promise<string[]> {
  const { status, body } = await ask<ToldView | Problem>(`${demo.notification.url}/v1/orders/${orderId}/told`, { key });
  if ('streamed' in body) return body.streamed.map(({ fact }) => fact.type);
  if (body.code === 'order.not-found') return [];
  throw new Error(`what was told about ${orderId} was answered ${status}: ${JSON.stringify(body)}`);
}

/** The same once the last of it was told: the order knows of a fact before its store does. */
export function toldUntil(last: string, orderId: string): Promise<string[]> {
  return eventually(`${last} of ${orderId} to be told`, async () => {
    const types = await told(orderId);
    return types.includes(last) && types;
  });
}
