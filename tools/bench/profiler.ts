import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../bootstrap/problem.mjs';
import type { Stack } from '../stack/stack.ts';
import { processNames, type InspectPorts, type ProcessName } from '../stack/services.ts';
import { Inspector } from './inspector.ts';
import { profileText } from './profile-text.ts';
import { costliestStatements, resetStatements, statementsText } from './statements.ts';
import { countTransactions, transactionsBetween, transactionsText, type TransactionCounts } from './transactions.ts';

/** Explains a window: what each Node process did with its time, and PostgreSQL with its own. */
export class Profiler {
  private readonly stack: Stack;
  private readonly ports: InspectPorts;
  private readonly inspectors = new Map<ProcessName, Inspector>();
  private before: TransactionCounts = {};

  constructor(stack: Stack, ports: InspectPorts) {
    this.stack = stack;
    this.ports = ports;
  }

  /** Opens the inspectors ahead of the window, so that opening is not in it. */
  async open(): Promise<void> {
    const pids = this.stack.pids();
    for (const name of processNames) {
      const [pid, port] = [pids[name], this.ports[name]];
      if (pid !== undefined && port !== undefined) this.inspectors.set(name, await Inspector.open(pid, port));
    }
  }

  async begin(): Promise<void> {
    await Promise.all([...this.inspectors.values()].map((inspector) => inspector.startProfile()));
    await resetStatements(this.adminUrl());
    this.before = await countTransactions(this.adminUrl());
  }

  /** Leaves the profiles in the folder, for DevTools, and the statements in full. @returns what to print, once it is known by how many orders to divide */
  async end(folder: string): Promise<(orders: number) => string> {
    // All at once: the load goes on meanwhile.
    const [statements, counts, profiles] = await Promise.all([
      costliestStatements(this.adminUrl()),
      countTransactions(this.adminUrl()),
      Promise.all([...this.inspectors].map(async ([name, inspector]) => [name, await inspector.stopProfile()] as const)),
    ]);
    const transactions = transactionsBetween(this.before, counts);
    for (const inspector of this.inspectors.values()) inspector.close();
    mkdirSync(folder, { recursive: true });
    for (const [name, profile] of profiles) writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
    writeFileSync(join(folder, 'statements.json'), `${JSON.stringify(statements, null, 2)}\n`);
    return (orders) => [...profiles.map(([name, profile]) => profileText(name, profile, orders)), statementsText(statements, orders), transactionsText(transactions, orders)].join('');
  }

  private adminUrl(): string {
    if (this.stack.postgresUrl === undefined) throw new Problem('Only a PostgreSQL of our own can be asked which statements were costly.');
    return this.stack.postgresUrl;
  }
}
