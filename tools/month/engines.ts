import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoAlipay, demoFiles } from '../stack/demo.ts';
import { serviceProcess, type ProcessName } from '../stack/services.ts';
import type { Stack } from '../stack/stack.ts';
import { supervise, type Supervised } from '../stack/supervised.ts';
import { SETTLEMENT_CURRENCY, type TradingAccount } from './worlds.ts';
import type { JournalRecord } from './trading.ts';

/** Two processes of a stack that has only engines otherwise: their clocks are not the stack's, and one of them is set forward. */
export class Processes {
  /** Those that ended without being asked to. */
  readonly died: string[] = [];
  private readonly stack: Stack;
  private readonly running = new Map<string, Supervised>();

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** A simulator that remembers all this. Its clock is far ahead, so that every day may be closed. */
  async startSimulator(accounts: readonly TradingAccount[], records: readonly JournalRecord[], now: string): Promise<void> {
    const { folder } = this.stack;
    const dataDir = join(folder.files, 'month-simulator');
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'journal.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const accountsFile = join(folder.demo, 'month-accounts.json');
    // Its environment names the demo's first account, which is the first of the month as well.
    const others = accounts.filter(({ clientId }) => clientId !== demoAlipay.clientId);
    writeFileSync(accountsFile, JSON.stringify({
      accounts: others.map(({ clientId, customerId, currency }) => (
        { clientId, customerId, currencies: [currency], settlementCurrency: SETTLEMENT_CURRENCY, merchantPublicKeyFiles: { 1: demoFiles(folder).merchantPublicKey } }
      )),
    }));
    await this.start('simulator', { SIMULATOR_DATA_DIR: dataDir, SIMULATOR_ACCOUNTS_FILE: accountsFile, SIMULATOR_SFTP_USERS_FILE: '', CLOCK_START: now });
  }

  /** Stops it first, if it runs with another clock. */
  async startReconciliation(now: string): Promise<void> {
    await this.running.get('reconciliation')?.stop();
    await this.start('reconciliation', { RECONCILIATION_SOURCES_FILE: '', LOG_LEVEL: 'warn', CLOCK_START: now });
  }

  async stop(): Promise<void> {
    await Promise.allSettled([...this.running.values()].map((each) => each.stop()));
  }

  private async start(name: ProcessName, changes: Readonly<Record<string, string>>): Promise<void> {
    const spec = serviceProcess(name, { ...this.stack, env: process.env });
    const kept = Object.entries({ ...spec.env, ...changes }).filter(([, value]) => value !== '');
    const process_ = supervise({ ...spec, env: Object.fromEntries(kept) }, this.stack.folder, (how) => void this.died.push(`${name} ended by itself (${how})`));
    this.running.set(name, process_);
    await process_.start();
  }
}
