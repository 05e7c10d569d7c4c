import { setTimeout as wait } from 'node:timers/promises';
import { rows } from '../../audit/rows.ts';
import type { BusinessTime } from './business-time.ts';
import { Errands } from './errands.ts';
import type { PlannedSale } from './plan-sale.ts';
import type { StoreSystem } from './store-system.ts';

const LOOK_EVERY_MS = 300;
/** From when a till is told that a code is closed until it asks for a new one, in business seconds. */
const NEW_CODE_AFTER_SECONDS = 5;

interface Parts {
  readonly storeSystem: StoreSystem;
  readonly time: BusinessTime;
  /** Where it is written what the stores are told. */
  readonly notificationUrl: string;
  readonly prefix: string;
}

interface Told {
  readonly event_id: string;
  readonly order_id: string;
  readonly type: string;
}

/** The people at the tills: they sell, give up, ask for another code, and take back what was brought back. */
export class Tills {
  readonly errands = new Errands();
  private readonly parts: Parts;
  private readonly sales = new Map<string, PlannedSale>();
  private readonly newCodes = new Map<string, number>();
  private readonly heard = new Set<string>();
  private isStopped = false;
  private listening: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.parts = parts;
  }

  open(sales: readonly PlannedSale[]): void {
    for (const sale of sales) {
      this.sales.set(sale.orderId, sale);
      this.errands.run(async () => {
        await wait(sale.atMs);
        await this.sell(sale);
      });
    }
    this.listening = this.listen();
  }

  async close(): Promise<void> {
    this.isStopped = true;
    await this.listening;
    await this.errands.done();
  }

  private async sell(sale: PlannedSale): Promise<void> {
    const { storeSystem, time } = this.parts;
    const { cancel } = sale;
    if (cancel !== null) {
      this.errands.run(async () => {
        await time.pass(cancel.afterSeconds);
        await storeSystem.cancel(sale, cancel.door);
      });
    }
    await storeSystem.sell(sale);
    if (sale.isRepeated) await storeSystem.sell(sale);
  }

  private async listen(): Promise<void> {
    while (!this.isStopped) {
      await this.look().catch(() => undefined);
      await wait(LOOK_EVERY_MS);
    }
  }

  private async look(): Promise<void> {
    const query = `select event_id, order_id, type from store_events where starts_with(order_id, '${this.parts.prefix}') and type in ('order.code-closed', 'order.paid')`;
    for await (const { event_id, order_id, type } of rows<Told>(this.parts.notificationUrl, query)) {
      const sale = this.sales.get(order_id);
      if (sale === undefined || this.heard.has(event_id)) continue;
      this.heard.add(event_id);
      if (type === 'order.paid') this.takeBack(sale);
      else this.goOn(sale);
    }
  }

  private goOn(sale: PlannedSale): void {
    const asked = this.newCodes.get(sale.orderId) ?? 0;
    if (asked >= sale.newCodes) return;
    this.newCodes.set(sale.orderId, asked + 1);
    this.errands.run(async () => {
      await this.parts.time.pass(NEW_CODE_AFTER_SECONDS);
      await this.parts.storeSystem.askForCode(sale);
    });
  }

  private takeBack(sale: PlannedSale): void {
    const { storeSystem, time } = this.parts;
    for (const refund of sale.refunds) {
      this.errands.run(async () => {
        await time.pass(refund.afterSeconds);
        await storeSystem.giveBack(sale, refund);
        if (refund.isRepeated) await storeSystem.giveBack(sale, refund);
      });
    }
  }
}
