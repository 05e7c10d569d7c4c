import { setTimeout as wait } from 'node:timers/promises';
import { Turnstile } from '../../crash/turnstile.ts';
import { ask } from './ask.ts';
import type { BusinessTime } from './business-time.ts';
import { Errands } from './errands.ts';
import type { PlannedSale, Visit } from './plan-sale.ts';

const LOOK_EVERY_MS = 50;
const PAGE = 1_000;
const ANSWER_WITHIN_MS = 5_000;
const AT_ONCE_MAX = 32;
/** The code is not open any more: it was confirmed, or it ended first. */
const NOT_OPEN = 409;

interface Code {
  readonly referenceOrderId: string | null;
  readonly paymentRequestId: string;
  readonly expiresAt: string;
}

/**
 * Do with each code what is planned for it. They learn of codes from Alipay's ledger, which outlives the kills of the simulator; what
 * the shop knows of its order does not concern them.
 */
export class Customers {
  readonly errands = new Errands();
  private readonly sales = new Map<string, PlannedSale>();
  private readonly codes = new Map<string, number>();
  private readonly turnstile = new Turnstile(AT_ONCE_MAX);
  private readonly simulatorUrl: string;
  private readonly time: BusinessTime;
  private seen = 0;
  private isStopped = false;
  private watching: Promise<void> = Promise.resolve();

  constructor(simulatorUrl: string, time: BusinessTime) {
    this.simulatorUrl = simulatorUrl;
    this.time = time;
  }

  arrive(sales: readonly PlannedSale[]): void {
    for (const sale of sales) this.sales.set(sale.orderId, sale);
    this.watching = this.watch();
  }

  async leave(): Promise<void> {
    this.isStopped = true;
    await this.watching;
    await this.errands.done();
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
    const { payments } = (await response.json()) as { payments: readonly Code[] };
    this.seen += payments.length;
    for (const code of payments) this.meet(code);
    return payments.length;
  }

  private meet(code: Code): void {
    // At Alipay an order is `<chain>_<order id>`; a chain has no underscore in it, so the first one divides.
    const orderId = (code.referenceOrderId ?? '').replace(/^[^_]*_/, '');
    const nth = this.codes.get(orderId) ?? 0;
    this.codes.set(orderId, nth + 1);
    const visit = this.sales.get(orderId)?.visits[nth];
    if (visit !== undefined) this.errands.run(() => this.act(visit, code));
  }

  private async act(visit: Visit, { paymentRequestId, expiresAt }: Code): Promise<void> {
    switch (visit.kind) {
      case 'vanishes': return;
      case 'pays': {
        await this.time.pass(visit.afterSeconds);
        return this.pay(paymentRequestId, visit.wallet);
      }
      case 'declines': {
        await this.time.pass(visit.afterSeconds);
        return this.tell('decline', { paymentRequestId });
      }
      case 'dawdles': {
        await this.time.until(Date.parse(expiresAt) - visit.beforeExpirySeconds * 1_000);
        return this.pay(paymentRequestId, visit.wallet);
      }
      case 'scans-twice': {
        await this.time.pass(visit.afterSeconds);
        const again = this.time.pass(visit.againAfterSeconds).then(() => this.pay(paymentRequestId, visit.otherWallet));
        await Promise.all([this.pay(paymentRequestId, visit.wallet), again]);
        return;
      }
    }
  }

  private async pay(paymentRequestId: string, wallet: string): Promise<void> {
    await this.tell('scan', { paymentRequestId, wallet });
    await this.tell('confirm', { paymentRequestId, wallet });
  }

  private tell(action: 'scan' | 'confirm' | 'decline', body: unknown): Promise<void> {
    return this.turnstile.pass(async () => void (await ask({ url: `${this.simulatorUrl}/control/${action}`, body, fine: [NOT_OPEN] })));
  }
}
