import { setTimeout as wait } from 'node:timers/promises';
import type { AuditTarget } from '../audit/read-books.ts';
import { readDemo, type Demo } from '../stack/demo.ts';
import type { Stack } from '../stack/stack.ts';
import type { Chance } from './chance.ts';
import type { Checks } from './checks.ts';
import { Customers } from './customers.ts';
import type { PlannedOrder } from './orders.ts';
import { Shop } from './shop.ts';

/** Everything a part of the test plays with. */
export interface Stage {
  readonly stack: Stack;
  readonly demo: Demo;
  readonly target: AuditTarget;
  readonly shop: Shop;
  readonly customers: Customers;
  readonly chance: Chance;
  readonly checks: Checks;
  /** Of this run: begins all its order ids. */
  readonly run: string;
}

export function openStage(stack: Stack, chance: Chance, checks: Checks): Stage {
  const demo = readDemo(stack.folder.demoFile);
  const shop = new Shop(demo);
  const customers = Customers.arrive(stack.urls.simulator, (order) => shop.cancel(order));
  const target = { simulatorUrl: stack.urls.simulator, databaseUrls: stack.databaseUrls, brokers: stack.brokers };
  return { stack, demo, target, shop, customers, chance, checks, run: Date.now().toString(36) };
}

export async function closeStage({ shop, customers }: Stage): Promise<void> {
  await customers.leave();
  await shop.close();
}

/** Sells them at a steady pace, whether or not those before are answered. @returns what was never taken, one sentence each */
export async function sellAtPace(orders: readonly PlannedOrder[], perSecond: number, sell: (order: PlannedOrder) => Promise<void>): Promise<string[]> {
  const failures: string[] = [];
  const startedAtMs = performance.now();
  const selling = orders.map(async (order, index) => {
    await wait(Math.max(0, startedAtMs + (index * 1_000) / perSecond - performance.now()));
    await sell(order).catch((error: unknown) => void failures.push(error instanceof Error ? error.message : String(error)));
  });
  await Promise.all(selling);
  return failures;
}
