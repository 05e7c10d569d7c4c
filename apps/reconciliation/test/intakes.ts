import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '@scantill/kernel';
import { CompareBatches, type Compared } from '../src/flows/compare-batches.js';
import { KeepBreaks } from '../src/flows/keep-breaks.js';
import { OpenMissingPayouts } from '../src/flows/open-missing-payouts.js';
import { BankStatements, type BankRefused } from '../src/outbound/bank-statements.js';
import { BatchBreaks } from '../src/outbound/batch-breaks.js';
import { BatchReader } from '../src/outbound/batch.reader.js';
import { BreakRepository } from '../src/outbound/break.repository.js';
import { WantedInquiries } from '../src/outbound/wanted-inquiries.js';
import { inBulk, lockAccount, type Bulk } from '../src/outbound/bulk.js';
import { ContractRepository } from '../src/outbound/contract.repository.js';
import type { Intake, Staged, UnreadReport } from '../src/outbound/intake.js';
import { PayoutDays } from '../src/outbound/payout-days.js';
import { SummaryRows, type SummaryRefused } from '../src/outbound/summary-rows.js';
import type { World } from './world.js';

export interface Taken {
  readonly id: string;
  readonly staged: Staged;
  /** Whether it says all that the file before it did. */
  readonly completes: boolean | null;
  readonly compared: Compared;
}

export interface ItemSum {
  readonly batchId: string;
  readonly type?: string;
  readonly currency?: string;
  readonly count?: number;
  readonly net: bigint;
  readonly fee?: bigint;
}

interface Filed {
  readonly report: string;
  readonly partOf: string;
  readonly date: string;
  readonly lines: number;
  readonly totals: Staged['totals'];
}

/** Files of batches and of the bank, taken in as an import does: staged, kept, in force instead of the one before, compared. */
export class Intakes {
  readonly compareBatches: CompareBatches;
  readonly openMissingPayouts: OpenMissingPayouts;

  private constructor(private readonly world: World, private readonly folder: string) {
    const { database, directory, relay, clock } = world.platform;
    const breaks = new BreakRepository();
    const payoutDays = new PayoutDays(database);
    this.compareBatches = new CompareBatches({
      directory, batches: new BatchReader(), batchBreaks: new BatchBreaks(), breaks, keepBreaks: new KeepBreaks(breaks, new WantedInquiries()), contracts: new ContractRepository(database), payoutDays, relay,
    });
    this.openMissingPayouts = new OpenMissingPayouts(database, payoutDays, this.compareBatches, clock);
  }

  static async open(world: World): Promise<Intakes> {
    return new Intakes(world, await mkdtemp(join(tmpdir(), 'scantill-intakes-')));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  async summary(content: string | Uint8Array, more: Partial<UnreadReport> & { readonly partOf?: string } = {}): Promise<Result<Taken, SummaryRefused>> {
    const { partOf, ...rest } = more;
    const unread = { path: await this.write('summary', content), format: 'csv', unit: 'minor', ...rest } as const;
    return this.take('settlement-summary', new SummaryRows(), unread, partOf);
  }

  async statement(content: string, name = 'statement.xml', told?: string): Promise<Result<Taken, BankRefused>> {
    const accounts = this.world.platform.directory.accounts().filter(({ chainId, accountId }) => chainId === 'demo' && (told === undefined || accountId === told));
    return this.take('bank-statement', new BankStatements(), { path: await this.write(name, content), name, accounts });
  }

  /** What the items of one batch come to, without the items. */
  async items(date: string, sums: readonly ItemSum[]): Promise<{ readonly id: string; readonly compared: Compared }> {
    return this.bulk(async (bulk) => {
      const id = await this.file(bulk, { report: 'settlement-items', partOf: sums[0]?.batchId ?? '', date, lines: sums.length, totals: [] });
      for (const { batchId, type = 'PAYMENT', currency = 'USD', count = 1, net, fee = 0n } of sums) {
        await bulk.query(`insert into batch_sums (file_id, account_id, batch_id, type, currency, count, net_minor, coupon_minor, fees) values ($1, $2, $3, $4, $5, $6, $7, 0, $8::jsonb)`,
          [id, this.accountId, batchId, type, currency, count, net.toString(), JSON.stringify({ fee: fee.toString() })]);
      }
      return { id, compared: await this.compare(bulk, id) };
    });
  }

  /** As when the breaks of its rows changed. */
  async compareBatchesAgain(fileId: string): Promise<Compared> {
    return this.bulk((bulk) => this.compare(bulk, fileId));
  }

  private async take<Unread, Refused>(report: string, intake: Intake<Unread, Refused>, unread: Unread, partOf?: string): Promise<Result<Taken, Refused>> {
    return inBulk<Taken, Refused>(this.world.platform.database, async (bulk) => {
      await lockAccount(bulk, this.accountId);
      const staged = await intake.stage(bulk, unread, () => undefined);
      if (!staged.ok) return staged;
      const { lines, totals, date } = staged.value;
      const part = staged.value.partOf ?? partOf ?? staged.value.batchIds.join();
      const [before] = await bulk.query<{ id: string; date: string }>(`select id, business_date::text as date from files where report = $1 and part_of = $2 and status = 'in-force'`, [report, part]);
      const completes = before === undefined ? null : await intake.completes(bulk, before, { id: '', date: '' });
      const id = await this.file(bulk, { report, partOf: part, date: date ?? '2026-11-24', lines, totals });
      await intake.keep(bulk, { id, accountId: this.accountId, chainId: 'demo' });
      return ok({ id, staged: staged.value, completes, compared: await this.compare(bulk, id) });
    });
  }

  private async bulk<Value>(work: (bulk: Bulk) => Promise<Value>): Promise<Value> {
    const done = await inBulk<Value, never>(this.world.platform.database, async (bulk) => ok(await work(bulk)));
    if (!done.ok) throw new Error('nothing is refused here');
    return done.value;
  }

  private async compare(bulk: Bulk, id: string): Promise<Compared> {
    return this.compareBatches.ofFile(bulk, { id, chainId: 'demo', accountId: this.accountId }, { at: this.world.platform.clock.now(), cause: { correlationId: id, causationId: null } });
  }

  private async file(bulk: Bulk, { report, partOf, date, lines, totals }: Filed): Promise<string> {
    const id = randomUUID();
    await bulk.query(`update files set status = 'superseded' where report = $1 and part_of = $2 and status = 'in-force'`, [report, partOf]);
    await bulk.query(`insert into files (id, chain_id, account_id, business_date, sequence, name, sha256, bytes, lines, totals, status, received_at, received_by, source, report, part_of, figures)
      values ($1, 'demo', $2, $3::date, 0, $4, $5, 1, $6, $7::jsonb, 'in-force', $8, 'a specification', 'upload', $9, $10, '{}')`,
    [id, this.accountId, date, partOf, id, lines, JSON.stringify(totals.map(({ currency, minor }) => ({ currency, minor: minor.toString() }))), this.world.platform.clock.now(), report, partOf]);
    return id;
  }

  private async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.folder, `${randomUUID()}-${name}`);
    await writeFile(path, content);
    return path;
  }

  private get accountId(): string {
    return this.world.chain.accountId;
  }
}
