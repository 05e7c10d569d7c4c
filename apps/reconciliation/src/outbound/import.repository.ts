import { schedule, type Database, type Statement, type Tx } from '@scantill/platform';
import type { Bulk } from './bulk.js';

/** Due work: a file whose import has not ended. */
export const IMPORT_DUE = 'import-file';
/** Renewed with every report; so long after a crash, another process takes the import up. */
export const IMPORT_LEASE_MS = 30_000;

export type ImportStage = 'waiting' | 'reading' | 'keeping' | 'matching';

/** How far an import is. */
export interface Progress {
  readonly stage: ImportStage;
  readonly rows: number;
  readonly rowsPerSecond: number;
}

const WAIT: Statement = {
  name: 'imports-wait',
  text: `insert into imports (file_id, changed_at) select id, $2 from unnest($1::uuid[]) id order by id
    on conflict (file_id) do update set stage = 'waiting', rows = 0, rows_per_second = 0, attempts = 0, begun_at = null, changed_at = excluded.changed_at, cancelled_by = null`,
};
const BEGIN: Statement = { name: 'imports-begin', text: 'update imports set attempts = attempts + 1, begun_at = $2, changed_at = $2 where file_id = $1 returning attempts' };
const REPORT: Statement = {
  name: 'imports-report',
  text: `with renewed as (update due_work set leased_until = now() + ${IMPORT_LEASE_MS} * interval '1 ms' where kind = '${IMPORT_DUE}' and key = $1)
    update imports set stage = $2, rows = $3, rows_per_second = $4, changed_at = $5 where file_id = $1::uuid and stage <> 'ended' returning cancelled_by is not null as "isCancelled"`,
};
const CANCEL: Statement = { name: 'imports-cancel', text: `update imports set cancelled_by = coalesce(cancelled_by, $2), changed_at = $3 where file_id = $1 and stage <> 'ended' returning file_id` };
const POSTPONE: Statement = {
  name: 'imports-postpone',
  text: `with given_back as (update due_work set leased_until = null, due_at = $2 where kind = '${IMPORT_DUE}' and key = $1)
    update imports set attempts = attempts - $3::int, stage = 'waiting' where file_id = $1::uuid and stage <> 'ended'`,
};
const END: Statement = { name: 'imports-end', text: `update imports set stage = 'ended', rows = coalesce($2, rows), changed_at = $3 where file_id = $1` };

/** Imports as jobs: each is due work until it ends, whichever process began it. */
export class ImportRepository {
  constructor(private readonly database: Database) {}

  /** They wait, from the beginning. @param leaseMs for which this process takes them up itself */
  async wait(tx: Tx, fileIds: readonly string[], now: Date, leaseMs?: number): Promise<void> {
    await tx.query(WAIT, [fileIds, now]);
    await schedule(tx, IMPORT_DUE, fileIds.map((key) => ({ key, dueAt: now, ...(leaseMs === undefined ? {} : { leaseMs }) })));
  }

  /** @returns how often it was begun, this time included; 0 when nothing is known of it */
  async begin(fileId: string, now: Date): Promise<number> {
    return (await this.database.query<{ attempts: number }>(BEGIN, [fileId, now]))[0]?.attempts ?? 0;
  }

  /** Also renews the lease. @returns whether somebody wants it to end */
  async report(fileId: string, { stage, rows, rowsPerSecond }: Progress, now: Date): Promise<boolean> {
    const [row] = await this.database.query<{ isCancelled: boolean }>(REPORT, [fileId, stage, rows, rowsPerSecond, now]);
    return row?.isCancelled ?? false;
  }

  /** @returns false when it has ended */
  async askToCancel(fileId: string, by: string, now: Date): Promise<boolean> {
    return (await this.database.query(CANCEL, [fileId, by, now])).length > 0;
  }

  /** Whoever is free takes it up then. @param isCounted false when it was no fault of the import */
  async postpone(fileId: string, until: Date, isCounted: boolean): Promise<void> {
    await this.database.query(POSTPONE, [fileId, until, isCounted ? 0 : 1]);
  }

  /** In the transaction that ends it; nobody reports any more. */
  async end(tx: Bulk['tx'], fileId: string, rows: number | null, now: Date): Promise<void> {
    await schedule(tx, IMPORT_DUE, [], [fileId]);
    await tx.query(END, [fileId, rows, now]);
  }
}
