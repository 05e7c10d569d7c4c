import { money, type Money } from '@scantill/kernel';
import type { Database, Statement, Tx } from '@scantill/platform';
import type { Bulk } from './bulk.js';
import type { FileFigures } from './file-figures.js';

/** A day of an account: what is matched together. */
export interface Day {
  readonly chainId: string;
  readonly accountId: string;
  readonly date: string;
}

export type ReportName = 'transaction-items' | 'settlement-items' | 'settlement-summary' | 'bank-statement';

export interface ImportedFile extends Day {
  readonly id: string;
  readonly sequence: number;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: bigint;
  readonly lines: number;
  readonly totals: readonly Money[];
  readonly report: ReportName;
  readonly generation: 'A' | 'B' | 'C' | null;
  /** What it is one part of: a day, a batch, a statement. */
  readonly partOf: string;
  readonly status: 'in-force' | 'superseded';
  readonly receivedAt: Date;
  readonly receivedBy: string;
}

interface Row extends Omit<ImportedFile, 'totals'> {
  readonly totals: readonly { readonly currency: string; readonly minor: string }[];
}

/** A received file that has been read. */
export interface ReadFile extends Omit<ImportedFile, 'status'> {
  readonly figures: FileFigures | null;
}

const COLUMNS = `id, chain_id as "chainId", account_id as "accountId", business_date::text as date, sequence, name, sha256, bytes, lines, totals, status,
  report, generation, part_of as "partOf", received_at as "receivedAt", received_by as "receivedBy"`;
/** Parts of a day, in all their editions. */
const FILES_MAX = 5_000;

const PARTS = `select ${COLUMNS} from files where account_id = $1 and report = $2 and part_of = $3 and status = 'in-force' order by sequence`;
const SUPERSEDE = `update files set status = 'superseded' where account_id = $1 and report = $2 and part_of = $3 and sequence = $4 and status = 'in-force'`;
const TAKE_IN = `update files set account_id = $2, business_date = $3::date, sequence = $4, lines = $5, totals = $6::jsonb, report = $7, generation = $8, part_of = $9, figures = $10::jsonb, status = $11 where id = $1`;
/** The dashboard and the SFTP server name the same batch in two ways. */
const DASHBOARD = `'^SETTLEMENT_(DETAIL|SUMMARY)_'`;
const OTHERWISE_NAMED = `select name from files f where account_id = $1 and report = $2 and part_of <> $3 and status = 'in-force' and (name ~ ${DASHBOARD}) <> ($4 ~ ${DASHBOARD})
    and (exists (select from batch_sums s where s.file_id = f.id and s.batch_id = any($5::text[])) or exists (select from summary_rows s where s.file_id = f.id and s.batch_id = any($5::text[]))) limit 1`;
const AGREEING = `select (select count(*) from lines l where l.file_id = $1 and l.business_date = $2::date and l.class = 'order')::int
  - (select count(*) from rest_lines r where r.file_id = $1 and r.class = 'order')::int
  + (select count(*) from links k join rest_lines r on r.file_id = k.file_id and r.line = k.line where k.file_id = $1 and k.agrees)::int as count`;

const PEND: Statement = { name: 'files-pend', text: TAKE_IN };

const OF_DAY: Statement = {
  name: 'files-of-day',
  text: `select ${COLUMNS} from files where chain_id = $1 and business_date = $2::date and status in ('in-force', 'superseded') order by account_id, sequence, received_at, id limit $3`,
};
const IN_FORCE: Statement = { name: 'files-in-force', text: `select id from files where account_id = $1 and report = $2 and part_of = $3 and sequence = $4 and status = 'in-force'` };
const SHA256: Statement = { name: 'files-sha256', text: 'select id, sha256 from files where id = any($1::uuid[])' };

export class FileRepository {
  constructor(private readonly database: Database) {}

  /** The parts in force of what a file is a part of, in order. */
  async parts(bulk: Bulk, { accountId, report, partOf }: Pick<ReadFile, 'accountId' | 'report' | 'partOf'>): Promise<ImportedFile[]> {
    return (await bulk.query<Row>(PARTS, [accountId, report, partOf])).map(toFile);
  }

  /** The name of a file in force that lists one of these batches under a name of the other form. */
  async otherwiseNamed(bulk: Bulk, { accountId, report, partOf }: Pick<ReadFile, 'accountId' | 'report' | 'partOf'>, name: string, batchIds: readonly string[]): Promise<string | undefined> {
    if (batchIds.length === 0) return undefined;
    return (await bulk.query<{ name: string }>(OTHERWISE_NAMED, [accountId, report, partOf, name, batchIds]))[0]?.name;
  }

  /** From now on in force, instead of what was there for the same part. */
  async takeIn(bulk: Bulk, file: ReadFile): Promise<void> {
    await bulk.query(SUPERSEDE, [file.accountId, file.report, file.partOf, file.sequence]);
    await bulk.query(TAKE_IN, [...toValues(file), 'in-force']);
  }

  /** Read, and kept from being in force until a person accepts it. */
  async pend(tx: Tx, file: ReadFile): Promise<void> {
    await tx.query(PEND, [...toValues(file), 'pending']);
  }

  /** The file that is in force in a part's place. */
  async inForce(tx: Tx, { accountId, report, partOf, sequence }: Pick<ReadFile, 'accountId' | 'report' | 'partOf' | 'sequence'>): Promise<string | undefined> {
    return (await tx.query<{ id: string }>(IN_FORCE, [accountId, report, partOf, sequence]))[0]?.id;
  }

  /** How many lines of a transaction file agree with what was expected. */
  async agreeing(bulk: Bulk, { id, date }: Pick<ReadFile, 'id' | 'date'>): Promise<number> {
    return (await bulk.query<{ count: number }>(AGREEING, [id, date]))[0]?.count ?? 0;
  }

  /** Everything that was ever taken in for a day, by account and part. */
  async ofDay(chainId: string, date: string): Promise<ImportedFile[]> {
    return (await this.database.query<Row>(OF_DAY, [chainId, date, FILES_MAX])).map(toFile);
  }

  async sha256Of(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = ids.length === 0 ? [] : await this.database.query<{ id: string; sha256: string }>(SHA256, [ids]);
    return new Map(rows.map(({ id, sha256 }) => [id, sha256]));
  }
}

function toValues({ id, accountId, date, sequence, lines, totals, report, generation, partOf, figures }: ReadFile): unknown[] {
  return [id, accountId, date, sequence, lines, JSON.stringify(totals.map(({ currency, minor }) => ({ currency, minor: minor.toString() }))), report, generation, partOf, figures === null ? null : JSON.stringify(figures)];
}

function toFile(row: Row): ImportedFile {
  return { ...row, totals: row.totals.map(({ currency, minor }) => money(currency, BigInt(minor))) };
}
