import type { Database, Statement, Tx } from '@scantill/platform';
import type { Actor } from '../core/break-life.js';
import type { Contract, ContractTerms } from '../core/contract.js';

export interface RecordedContract extends Contract {
  readonly chainId: string;
  readonly version: number;
  readonly changedAt: Date;
  readonly changedBy: Actor;
  /** Null: in force. */
  readonly supersededAt: Date | null;
}

interface Row {
  readonly account_id: string;
  readonly valid_from: string;
  readonly version: number;
  readonly chain_id: string;
  readonly valid_until: string | null;
  readonly terms: ContractTerms;
  readonly changed_at: Date;
  readonly changed_by_kind: Actor['kind'];
  readonly changed_by: string;
  readonly superseded_at: Date | null;
}

const COLUMNS = 'account_id, valid_from::text as valid_from, version, chain_id, valid_until::text as valid_until, terms, changed_at, changed_by_kind, changed_by, superseded_at';
/** An account has a contract or two a year. */
const ROWS_MAX = 1_000;

const LOCK: Statement = { name: 'contracts-lock', text: `select pg_advisory_xact_lock(hashtextextended('contracts ' || $1, 0))` };
const OF_ACCOUNTS: Statement = { name: 'contracts-of-accounts', text: `select ${COLUMNS} from contracts where account_id = any($1::text[]) and superseded_at is null order by account_id, valid_from limit ${ROWS_MAX}` };
const OF_CHAIN: Statement = {
  name: 'contracts-of-chain',
  text: `select ${COLUMNS} from contracts where chain_id = $1 and ($2::text is null or account_id = $2) and superseded_at is null order by account_id, valid_from limit ${ROWS_MAX}`,
};
const VERSIONS: Statement = { name: 'contracts-versions', text: `select ${COLUMNS} from contracts where chain_id = $1 and account_id = $2 and valid_from = $3::date order by version desc limit ${ROWS_MAX}` };
const SUPERSEDE: Statement = { name: 'contracts-supersede', text: 'update contracts set superseded_at = $3 where account_id = $1 and valid_from = $2::date and superseded_at is null' };
const ADD: Statement = {
  name: 'contracts-add',
  text: `insert into contracts (account_id, valid_from, version, chain_id, valid_until, terms, changed_at, changed_by_kind, changed_by) values ($1, $2::date, $3, $4, $5::date, $6::jsonb, $7, $8, $9)`,
};

export class ContractRepository {
  constructor(private readonly database: Database) {}

  /** One change of an account's contracts at a time, until the transaction ends. */
  async lock(tx: Tx, accountId: string): Promise<void> {
    await tx.query(LOCK, [accountId]);
  }

  /** Those in force, of all days. */
  async ofAccounts(tx: Tx, accountIds: readonly string[]): Promise<RecordedContract[]> {
    return (await tx.query<Row>(OF_ACCOUNTS, [accountIds])).map(toContract);
  }

  async ofChain(chainId: string, accountId: string | null): Promise<RecordedContract[]> {
    return (await this.database.query<Row>(OF_CHAIN, [chainId, accountId])).map(toContract);
  }

  /** Newest first. */
  async versions(chainId: string, accountId: string, validFrom: string): Promise<RecordedContract[]> {
    return (await this.database.query<Row>(VERSIONS, [chainId, accountId, validFrom])).map(toContract);
  }

  /** Stands instead of the version before, if there is one. */
  async add(tx: Tx, { accountId, validFrom, validUntil, version, chainId, changedAt, changedBy, supersededAt: _, ...terms }: RecordedContract): Promise<void> {
    await tx.query(SUPERSEDE, [accountId, validFrom, changedAt]);
    await tx.query(ADD, [accountId, validFrom, version, chainId, validUntil, JSON.stringify(terms), changedAt, changedBy.kind, changedBy.name]);
  }
}

function toContract(row: Row): RecordedContract {
  return {
    ...row.terms, accountId: row.account_id, validFrom: row.valid_from, validUntil: row.valid_until, chainId: row.chain_id, version: row.version,
    changedAt: row.changed_at, changedBy: { kind: row.changed_by_kind, name: row.changed_by }, supersededAt: row.superseded_at,
  };
}
