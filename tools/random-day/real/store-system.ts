import { setTimeout as wait } from 'node:timers/promises';
import type { Shop } from '../../crash/shop.ts';
import { envelopeOf, signedMessage } from '../../crash/store-messages.ts';
import { Turnstile } from '../../crash/turnstile.ts';
import type { Demo } from '../../stack/demo.ts';
import { ask, type Question } from './ask.ts';
import type { BusinessTime } from './business-time.ts';
import type { PlannedRefund, PlannedSale } from './plan-sale.ts';

const AT_ONCE_MAX = 64;
/** Not known yet, because it was published and not read; or not possible in the state it is in. */
const REFUSED = [404, 409];
const ACCEPTED = 202;
const NOT_FOUND = 404;
const ASK_AFTER_MS = 2_000;

interface Parts {
  readonly demo: Demo;
  /** Publishes for us. */
  readonly shop: Shop;
  readonly time: BusinessTime;
}

/** The chain's own system: asks for the same thing at either door, and again until somebody took it. Counts what it was answered. */
export class StoreSystem {
  readonly answers = new Map<string, number>();
  private readonly parts: Parts;
  private readonly turnstile = new Turnstile(AT_ONCE_MAX);

  constructor(parts: Parts) {
    this.parts = parts;
  }

  async sell(sale: PlannedSale): Promise<void> {
    const { orderId, storeId, tillId, door, codeSeconds, deadlineSeconds, validSeconds } = sale;
    const validUntil = validSeconds === null ? {} : { validUntil: new Date(this.parts.time.nowMs() + validSeconds * 1_000).toISOString() };
    const wish = { orderId, storeId, tillId, amount: amountOf(sale, sale.minor), description: 'Random day', codeSeconds, deadlineSeconds, ...validUntil };
    if (door === 'kafka') return this.publish(sale, 'store.order-requested', wish);
    const place = (): Promise<number> => this.post('order', { url: `${this.parts.demo.order.url}/v1/orders?wait=code`, body: wish });
    // Pending may mean that nobody knows whether it was written: the till asks, and places it again if it was not.
    for (let status = await place(); status === ACCEPTED && !(await this.isKnown(sale)); status = await place());
  }

  private async isKnown(sale: PlannedSale): Promise<boolean> {
    await wait(ASK_AFTER_MS);
    const { status } = await this.turnstile.pass(() => ask({ url: this.orderUrl(sale), method: 'GET', key: this.parts.demo.apiKeys.system.key, fine: [NOT_FOUND] }));
    return status !== NOT_FOUND;
  }

  async cancel(sale: PlannedSale, door: PlannedSale['door']): Promise<void> {
    const { orderId, storeId } = sale;
    if (door === 'kafka') return this.publish(sale, 'store.cancel-requested', { orderId, storeId, reason: 'the customer left' });
    await this.post('cancel', { url: `${this.orderUrl(sale)}/cancel`, body: { reason: 'the customer left' }, fine: REFUSED });
  }

  async askForCode(sale: PlannedSale): Promise<void> {
    await this.post('new code', { url: `${this.orderUrl(sale)}/codes`, body: {}, fine: REFUSED });
  }

  async giveBack(sale: PlannedSale, { key, minor, door }: PlannedRefund): Promise<void> {
    const { orderId, storeId } = sale;
    const wish = { reason: 'brought back', ...(minor === null ? {} : { amount: amountOf(sale, minor) }) };
    if (door === 'kafka') return this.publish(sale, 'store.refund-requested', { orderId, storeId, refundKey: key, ...wish });
    await this.post('refund', { url: `${this.orderUrl(sale)}/refunds?wait=result`, headers: { 'idempotency-key': key }, body: wish, fine: REFUSED });
  }

  private orderUrl({ orderId }: PlannedSale): string {
    return `${this.parts.demo.order.url}/v1/orders/${orderId}`;
  }

  private async publish({ orderId }: PlannedSale, type: string, wish: object): Promise<void> {
    const { chain } = this.parts.demo;
    await this.parts.shop.publish([signedMessage(chain, orderId, envelopeOf(type, { chainId: chain.id, ...wish }, new Date()))]);
    this.count(`${type} published`);
  }

  /** @returns the status of the answer */
  private async post(what: string, question: Question): Promise<number> {
    const { status, body } = await this.turnstile.pass(() => ask({ ...question, key: this.parts.demo.apiKeys.system.key }));
    const { code } = body as { code?: unknown };
    this.count(`${what}: ${status}${typeof code === 'string' ? ` ${code}` : ''}`);
    return status;
  }

  private count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }
}

function amountOf({ currency }: PlannedSale, minor: number): { currency: string; minor: string } {
  return { currency, minor: String(minor) };
}
