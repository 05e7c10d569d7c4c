import { Problem } from '../bootstrap/problem.mjs';
import { dateOf, plannedDefects, type World } from './worlds.ts';
import type { LedgerEntry } from './events.ts';

/** A file that Alipay wrote, with the customer whose it is. */
export interface WrittenFile {
  readonly customerId: string;
  readonly day: number;
  readonly path: string;
  readonly remotePath: string;
  /** Missing in transaction files. */
  readonly report?: 'settlementItems' | 'settlementSummary';
  readonly batchId?: string;
}

interface Closed {
  readonly files: readonly Omit<WrittenFile, 'day'>[];
  readonly settlementFiles: readonly Omit<WrittenFile, 'day'>[];
  readonly defects: readonly { readonly kind: string; readonly customerId: string }[];
  readonly unplanted: readonly unknown[];
}

const PAGE = 5_000;

/** The simulator's control surface: settings of accounts, the ends of days, the books. */
export class Alipay {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Closes every day on which somebody trades, with the defects that are wanted. */
  async closeDays(worlds: readonly World[], seed: number): Promise<WrittenFile[]> {
    const written: WrittenFile[] = [];
    for (const world of worlds) for (const { clientId, files } of world.accounts) await this.post(`accounts/${clientId}/files`, files);
    for (const day of [...new Set(worlds.flatMap(({ days }) => days))].sort((one, other) => one - other)) {
      for (const { clientId, files, later } of worlds.flatMap(({ accounts }) => accounts)) if (later?.fromDay === day) await this.post(`accounts/${clientId}/files`, { ...files, generation: later.generation });
      const wanted = plannedDefects(worlds, day);
      const { files, settlementFiles, defects, unplanted } = await this.post<Closed>('close-day', { date: dateOf(day), seed, defects: wanted });
      if (unplanted.length > 0 || defects.length !== wanted.length) throw new Problem(`Not every defect could be planted on ${dateOf(day)}: ${JSON.stringify(unplanted)}`);
      written.push(...[...files, ...settlementFiles].map((file) => ({ ...file, day })));
    }
    return written;
  }

  async ledger(): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (let cursor: number | null = 0; cursor !== null; ) {
      const page: { payments: LedgerEntry[]; next: number | null } = await this.ask(`ledger?cursor=${cursor}&limit=${PAGE}`);
      entries.push(...page.payments);
      cursor = page.next;
    }
    return entries;
  }

  private post<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.ask<Answer>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  private async ask<Answer>(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(`${this.url}/control/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Problem(`The simulator answered ${response.status} to ${path}: ${text}`);
    return JSON.parse(text) as Answer;
  }
}
