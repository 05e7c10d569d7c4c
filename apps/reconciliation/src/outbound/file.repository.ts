import { money, type Money } from '@scantill/kernel';
import type { Database, Statement } from '@scantill/platform';
import type { Bulk } from './bulk.js';

/** A day of an account: what is matched together. */
export interface Day {
  readonly chainId: string;
  readonly accountId: string;
  readonly date: string;
}

export interface ImportedFile extends Day {
  readonly id: string;
  readonly sequence: number;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: bigint;
  readonly lines: number;
  readonly totals: readonly Money[];
  readonly status: 'in-force' | 'superseded';
  readonly receivedAt: Date;
  readonly receivedBy: string;
}

interface Row extends Omit<ImportedFile, 'totals'> {
  readonly totals: readonly { readonly currency: string; readonly minor: string }[];
}

/** A received file that has been read. */
export type ReadFile = Omit<ImportedFile, 'status'>;

const COLUMNS = `id, chain_id as "chainId", account_id as "accountId", business_date::text as date, sequence, name, sha256, bytes, lines, totals, status,
  received_at as "receivedAt", received_by as "receivedBy"`;
/** Parts of a day, in all their editions. */
const FILES_MAX = 5_000;

const PARTS = `select ${COLUMNS} from files where account_id = $1 and business_date = $2::date and status = 'in-force' order by sequence`;
const SUPERSEDE = `update files set status = 'superseded' where account_id = $1 and business_date = $2::date and sequence = $3 and status = 'in-force'`;
const TAKE_IN = `update files set account_id = $2, business_date = $3::date, sequence = $4, lines = $5, totals = $6::jsonb, status = 'in-force' where id = $1`;
const AGREEING = 'select count(*)::int as count from matches where file_id = $1 and agrees';

const OF_DAY: Statement = {
  name: 'files-of-day',
  text: `select ${COLUMNS} from files where chain_id = $1 and business_date = $2::date and status in ('in-force', 'superseded') order by account_id, sequence, received_at, id limit $3`,
};
const SHA256: Statement = { name: 'files-sha256', text: 'select id, sha256 from files where id = any($1::uuid[])' };

export class FileRepository {
  constructor(private readonly database: Database) {}

  /** The parts of a day in force, in order. */
  async parts(bulk: Bulk, { accountId, date }: Day): Promise<ImportedFile[]> {
    return (await bulk.query<Row>(PARTS, [accountId, date])).map(toFile);
  }

  /** From now on in force, instead of what was there for the same part of the day. */
  async takeIn(bulk: Bulk, file: ReadFile): Promise<void> {
    await bulk.query(SUPERSEDE, [file.accountId, file.date, file.sequence]);
    const totals = JSON.stringify(file.totals.map(({ currency, minor }) => ({ currency, minor: minor.toString() })));
    await bulk.query(TAKE_IN, [file.id, file.accountId, file.date, file.sequence, file.lines, totals]);
  }

  /** How many lines of a file agree with what was expected. */
  async agreeing(bulk: Bulk, fileId: string): Promise<number> {
    return (await bulk.query<{ count: number }>(AGREEING, [fileId]))[0]?.count ?? 0;
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

function toFile(row: Row): ImportedFile {
  return { ...row, totals: row.totals.map(({ currency, minor }) => money(currency, BigInt(minor))) };
}
