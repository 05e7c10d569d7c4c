import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../bootstrap/problem.mjs';
import type { PlannedOrder } from './orders.ts';
import { insist } from './shop.ts';
import { Turnstile } from './turnstile.ts';

/** From the issue of a code to the customer's thumb, where the order says nothing else. */
const THINKING_MS = 100;
/** A cancel takes less than this to reach Alipay: the customer confirms before, after, or just then. */
const RACE_MS = 4_000;
const LOOK_EVERY_MS = 50;
const PAGE = 1_000;
const ANSWER_WITHIN_MS = 30_000;
const AT_ONCE_MAX = 32;
/** The code is not open any more: it was confirmed, or it ended first. */
const NOT_OPEN = 409;

interface LedgerPage {
  readonly payments: readonly { readonly referenceOrderId: string | null; readonly paymentRequestId: string; readonly status: string }[];
}

/**
 * The customers of the shop: each does with its code what its order is fated to. They learn of codes from the simulator's ledger, which
 * outlives its kills, so no customer waits for a shop or service that is away.
 */
export class Customers {
  private readonly simulatorUrl: string;
  private readonly giveUp: (order: PlannedOrder) => Promise<void>;
  private readonly fated = new Map<string, PlannedOrder>();
  private readonly turnstile = new Turnstile(AT_ONCE_MAX);
  private readonly thinking = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];
  private seen = 0;
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();

  private constructor(simulatorUrl: string, giveUp: (order: PlannedOrder) => Promise<void>) {
    this.simulatorUrl = simulatorUrl;
    this.giveUp = giveUp;
  }

  /** @param giveUp how the till gives up an order whose customer has left */
  static arrive(simulatorUrl: string, giveUp: (order: PlannedOrder) => Promise<void>): Customers {
    const customers = new Customers(simulatorUrl, giveUp);
    customers.running = customers.watch();
    return customers;
  }

  /** Orders they will come for. Codes of other orders are left alone. */
  expect(orders: readonly PlannedOrder[]): void {
    for (const order of orders) this.fated.set(order.orderId, order);
  }

  /** What went wrong with a confirmation, say; empty on a good day. */
  get troubles(): readonly string[] {
    return this.failures.map((error) => (error instanceof Error ? error.message : String(error)));
  }

  async leave(): Promise<void> {
    this.isStopped = true;
    await this.running;
    await Promise.all(this.thinking);
  }

  private async watch(): Promise<void> {
    while (!this.isStopped) {
      const found = await this.look().catch(() => 0);
      if (found < PAGE) await wait(LOOK_EVERY_MS);
    }
  }

  /** @returns how many codes were new */
  private async look(): Promise<number> {
    const response = await fetch(`${this.simulatorUrl}/control/ledger?cursor=${this.seen}&limit=${PAGE}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!response.ok) throw new Error(`the ledger answered ${response.status}`);
    const { payments } = (await response.json()) as LedgerPage;
    this.seen += payments.length;
    for (const { referenceOrderId, paymentRequestId } of payments) this.meet(orderIdOf(referenceOrderId), paymentRequestId);
    return payments.length;
  }

  private meet(orderId: string, paymentRequestId: string): void {
    const order = this.fated.get(orderId);
    if (order === undefined) return;
    const acting = this.act(order, paymentRequestId)
      .catch((error: unknown) => void this.failures.push(error))
      .finally(() => this.thinking.delete(acting));
    this.thinking.add(acting);
  }

  private async act(order: PlannedOrder, paymentRequestId: string): Promise<void> {
    await wait(order.thinkingMs ?? THINKING_MS);
    switch (order.fate) {
      case 'pay': return this.answer('confirm', paymentRequestId);
      case 'decline': return this.answer('decline', paymentRequestId);
      case 'cancel': return this.giveUp(order);
      case 'race': return void (await Promise.all([this.giveUp(order), wait(order.amountMinor % RACE_MS).then(() => this.answer('confirm', paymentRequestId))]));
      case 'abandon': return;
    }
  }

  private answer(action: 'confirm' | 'decline', paymentRequestId: string): Promise<void> {
    return insist(`${action} of ${paymentRequestId}`, () => this.turnstile.pass(async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${this.simulatorUrl}/control/${action}`, { method: 'POST', headers, body: JSON.stringify({ paymentRequestId }), signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const text = await response.text();
      if (!response.ok && response.status !== NOT_OPEN) throw new Problem(`${action} answered ${response.status}: ${text}`);
    }));
  }
}

/** At Alipay an order is `<chain>_<order id>`; a chain has no underscore in it, so the first one divides. */
function orderIdOf(referenceOrderId: string | null): string {
  return (referenceOrderId ?? '').replace(/^[^_]*_/, '');
}
