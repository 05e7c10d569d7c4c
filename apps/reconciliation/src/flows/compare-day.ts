import type { FileRepository } from '../outbound/file.repository.js';
import type { DueDay } from '../outbound/due-days.js';
import type { Run, RunRepository } from '../outbound/run.repository.js';
import type { RematchDays } from './rematch-days.js';

/** Compares a day again because somebody asks for it, and tells how its comparisons went. */
export class CompareDay {
  constructor(private readonly files: FileRepository, private readonly rematchDays: RematchDays, private readonly repository: RunRepository) {}

  runs(chainId: string, date: string): Promise<Run[]> {
    return this.repository.ofDay(chainId, date);
  }

  /** @returns false when there is no file of that day that could be compared */
  async again(chainId: string, date: string, accountId: string | undefined): Promise<boolean> {
    const files = (await this.files.ofDay(chainId, date)).filter((file) => file.status === 'in-force' && (accountId === undefined || file.accountId === accountId));
    const days = files.flatMap(({ report, accountId: id }): DueDay[] => {
      if (report === 'transaction-items') return [{ chainId, accountId: id, date }];
      return report === 'settlement-items' ? [{ chainId, accountId: id, date, kind: 'settlement' }] : [];
    });
    if (days.length === 0) return false;
    await this.rematchDays.compare([...new Map(days.map((day) => [`${day.accountId} ${day.kind}`, day])).values()]);
    return true;
  }
}
