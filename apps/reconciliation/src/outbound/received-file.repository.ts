import { money, type Money } from '@scantill/kernel';
import type { Database, Statement, Tx } from '@scantill/platform';
import type { Bulk } from './bulk.js';
import { PART_MISSING, type Fault, type Refusal } from './file-refused.js';
import type { Day, ReportName } from './file.repository.js';
import type { ImportStage, Progress } from './import.repository.js';

export type FileSource = 'upload' | 'folder' | 'sftp';

/** What is known of a file before anybody has read it. */
export interface Arrived {
  readonly id: string;
  readonly chainId: string;
  /** As its sender called it; it may be anything. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly source: FileSource;
  readonly sourcePath: string | null;
  /** Where the file itself does not tell. */
  readonly accountTold: string | null;
  readonly receivedAt: Date;
  readonly receivedBy: string;
}

/** A file of any status. */
export interface KeptFile extends Omit<Arrived, 'bytes'> {
  readonly bytes: bigint;
  readonly status: 'received' | 'pending' | 'in-force' | 'superseded' | 'refused' | 'cancelled';
  readonly report: ReportName | null;
  readonly generation: string | null;
  readonly partOf: string | null;
  /** The person who wants it although it changes what an earlier edition said. */
  readonly acceptedBy: string | null;
  readonly accountId: string | null;
  readonly date: string | null;
  readonly sequence: number | null;
  readonly lines: number | null;
  readonly totals: readonly Money[] | null;
  readonly refusal: Refusal | null;
  readonly progress: KeptProgress | null;
}

export interface KeptProgress extends Omit<Progress, 'stage'> {
  readonly stage: ImportStage | 'ended';
  readonly changedAt: Date;
  readonly cancelledBy: string | null;
}

/** As far as it was told which part of what a file is. */
export interface KnownPart extends Day {
  readonly report: ReportName;
  readonly partOf: string;
}

export interface FileFilter {
  readonly chainId: string;
  readonly status?: string | undefined;
  readonly source?: string | undefined;
  readonly account?: string | undefined;
  readonly date?: string | undefined;
}

interface Row extends Omit<KeptFile, 'totals' | 'refusal' | 'progress'>, Omit<KeptProgress, 'stage'>, Omit<Refusal, 'problem' | 'faults'> {
  readonly totals: readonly { readonly currency: string; readonly minor: string }[] | null;
  readonly problem: Refusal['problem'] | null;
  readonly faults: readonly Fault[];
  readonly stage: KeptProgress['stage'] | null;
}

const COLUMNS = `f.id, f.chain_id as "chainId", f.name, f.sha256, f.bytes, f.source, f.source_path as "sourcePath", f.account_told as "accountTold", f.received_at as "receivedAt",
  f.received_by as "receivedBy", f.status, f.account_id as "accountId", f.business_date::text as date, f.sequence, f.lines, f.totals, f.report, f.generation, f.part_of as "partOf", f.accepted_by as "acceptedBy", f.problem, f.reason, f.detail,
  f.fault_count as "faultCount", i.stage, i.rows, i.rows_per_second as "rowsPerSecond", i.changed_at as "changedAt", i.cancelled_by as "cancelledBy"`;
const CLEAN = `status = 'received', problem = null, reason = null, detail = null, faults = '[]', fault_count = 0`;

/** The same file that did not get in before is tried again, and one that waits is waited for; there is no second row for it. */
const REPEAT: Statement = {
  name: 'files-repeat',
  text: `with known as (
      select id, status from files where sha256 = $1 and chain_id = $2 and name = $3 and account_told is not distinct from $4 and status in ('received', 'refused', 'cancelled')
      order by received_at desc, id desc limit 1),
    again as (update files f set ${CLEAN}, accepted_by = null, accepted_at = null from known k where f.id = k.id and f.status <> 'received' returning f.id)
    select id, status = 'received' as "isWaiting" from known`,
};
const RECEIVE: Statement = {
  name: 'files-receive',
  text: `insert into files (id, chain_id, name, sha256, bytes, source, source_path, account_told, received_at, received_by, status)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received')`,
};
const FIND: Statement = { name: 'files-find', text: `select ${COLUMNS}, f.faults from files f left join imports i on i.file_id = f.id where f.id = $1 and f.chain_id = $2` };
const PAGE: Statement = {
  name: 'files-page',
  text: `select ${COLUMNS}, '[]'::jsonb as faults from files f left join imports i on i.file_id = f.id
    where f.chain_id = $1 and ($2::text is null or f.status = $2) and ($3::text is null or f.source = $3) and ($4::text is null or f.account_id = $4)
      and ($5::date is null or f.business_date = $5) and ($6::uuid is null or (f.received_at, f.id) < (select received_at, id from files where id = $6 and chain_id = $1))
    order by f.received_at desc, f.id desc limit $7`,
};
const REFUSE: Statement = {
  name: 'files-refuse',
  text: `update files set status = 'refused', problem = $2, reason = $3, detail = $4, fault_count = $5, faults = $6::jsonb, account_id = $7, business_date = $8::date, report = $9, part_of = $10
    where id = $1 and status = 'received'`,
};
/** What a person had accepted waits for one again. */
const CANCEL: Statement = {
  name: 'files-cancel',
  text: `update files set status = case when accepted_by is null then 'cancelled' else 'pending' end, accepted_by = null, accepted_at = null where id = $1 and status = 'received'`,
};
const PUT_AWAY: Statement = { name: 'files-put-away', text: `update files set status = 'cancelled' where id = $1 and status = 'pending'` };
const WAITING: Statement = {
  name: 'files-waiting',
  text: `select id from files where account_id = $1 and report = $2 and part_of = $3 and sequence = $4 and status = 'pending' order by id for update`,
};

const LOCK = `select ${COLUMNS}, f.faults from files f left join imports i on i.file_id = f.id where f.id = $1 for update of f`;
const FORGET = `delete from files where id = $1 and status = 'received'`;
const FORGET_IMPORT = 'delete from imports where file_id = $1';
/** The newest of each part. */
const RETRY_PARTS = `update files set ${CLEAN} where id in (
    select distinct on (name) id from files where account_id = $1 and report = $2 and part_of = $3 and status = 'refused' and reason = '${PART_MISSING}' order by name, received_at desc)
  returning id`;
const ACCEPT: Statement = {
  name: 'files-accept',
  text: `update files set status = 'received', accepted_by = $3, accepted_at = $4 where id = $1 and chain_id = $2 and status = 'pending' returning id`,
};

/** Files from the moment they came, whatever became of them. */
export class ReceivedFileRepository {
  constructor(private readonly database: Database) {}

  /** @returns the file's own row, or the one that it has already */
  async receive(tx: Tx, file: Arrived): Promise<{ id: string; isWaiting: boolean }> {
    const [known] = await tx.query<{ id: string; isWaiting: boolean }>(REPEAT, [file.sha256, file.chainId, file.name, file.accountTold]);
    if (known !== undefined) return known;
    const { id, chainId, name, sha256, bytes, source, sourcePath, accountTold, receivedAt, receivedBy } = file;
    await tx.query(RECEIVE, [id, chainId, name, sha256, bytes, source, sourcePath, accountTold, receivedAt, receivedBy]);
    return { id, isWaiting: false };
  }

  /** Undefined for another chain's file, too. */
  async find(chainId: string, id: string): Promise<KeptFile | undefined> {
    return (await this.database.query<Row>(FIND, [id, chainId])).map(toKeptFile)[0];
  }

  /** The newest first, without the faults of those that were refused. @param after the id of the last one seen */
  async page({ chainId, status, source, account, date }: FileFilter, after: string | undefined, limit: number): Promise<KeptFile[]> {
    return (await this.database.query<Row>(PAGE, [chainId, status ?? null, source ?? null, account ?? null, date ?? null, after ?? null, limit])).map(toKeptFile);
  }

  /** Its import is nobody else's until the transaction ends. Undefined when nothing is known of it. */
  async lock(bulk: Bulk, id: string): Promise<KeptFile | undefined> {
    return (await bulk.query<Row>(LOCK, [id])).map(toKeptFile)[0];
  }

  async refuse(tx: Tx, id: string, { problem, reason, detail, faultCount, faults }: Refusal, part: KnownPart | null): Promise<void> {
    await tx.query(REFUSE, [id, problem, reason, detail, faultCount, JSON.stringify(faults), part?.accountId ?? null, part?.date ?? null, part?.report ?? null, part?.partOf ?? null]);
  }

  async cancel(tx: Tx, id: string): Promise<void> {
    await tx.query(CANCEL, [id]);
  }

  /** A person wants what is in force instead. */
  async putAway(tx: Tx, id: string): Promise<void> {
    await tx.query(PUT_AWAY, [id]);
  }

  /** The editions of a part that wait for a person; none is decided elsewhere until the transaction ends. */
  async waiting(tx: Tx, { accountId, report, partOf, sequence }: Omit<KnownPart, 'chainId' | 'date'> & { readonly sequence: number }): Promise<string[]> {
    return (await tx.query<{ id: string }>(WAITING, [accountId, report, partOf, sequence])).map(({ id }) => id);
  }

  /** @returns false when it does not wait for anybody */
  async accept(tx: Tx, { chainId, id, by, at }: { readonly chainId: string; readonly id: string; readonly by: string; readonly at: Date }): Promise<boolean> {
    return (await tx.query(ACCEPT, [id, chainId, by, at])).length > 0;
  }

  /** It is one that was taken in before. */
  async forget(bulk: Bulk, id: string): Promise<void> {
    await bulk.query(FORGET, [id]);
    await bulk.query(FORGET_IMPORT, [id]);
  }

  /** Parts of the day that came before those in front of them. @returns their ids */
  async retryParts(bulk: Bulk, { accountId, report, partOf }: Pick<KnownPart, 'accountId' | 'report' | 'partOf'>): Promise<string[]> {
    return (await bulk.query<{ id: string }>(RETRY_PARTS, [accountId, report, partOf])).map(({ id }) => id);
  }
}

function toKeptFile({ totals, problem, reason, detail, faultCount, faults, stage, rows, rowsPerSecond, changedAt, cancelledBy, ...file }: Row): KeptFile {
  return {
    ...file,
    totals: totals?.map(({ currency, minor }) => money(currency, BigInt(minor))) ?? null,
    refusal: problem === null ? null : { problem, reason, detail, faultCount, faults },
    progress: stage === null ? null : { stage, rows, rowsPerSecond, changedAt, cancelledBy },
  };
}
