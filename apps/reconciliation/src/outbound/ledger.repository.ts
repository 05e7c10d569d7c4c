import { money } from '@scantill/kernel';
import type { Statement, Tx } from '@scantill/platform';
import type { Actor } from '../core/break-life.js';
import { defaultLedger, type Entry, type Ledger, type LedgerAccount, type LedgerPurpose } from '../core/journal.js';
import type { MovementKind } from '../core/movement.js';
import type { Bulk } from './bulk.js';

export interface LockedPeriod {
  readonly month: string;
  readonly lockedAt: Date;
  readonly lockedBy: string;
  readonly entries: number;
}

interface EntryRow {
  readonly corrects: string | null;
  readonly date: string;
  readonly accountId: string;
  readonly kind: MovementKind;
  readonly currency: string;
  readonly minor: bigint;
  readonly debit_number: string;
  readonly debit_name: string;
  readonly credit_number: string;
  readonly credit_name: string;
}

/** The database, or a transaction that is under way. */
export type Queries = Pick<Tx, 'query'>;

/** Ten years. */
const PERIODS_MAX = 120;
const WRITE_ROWS_MAX = 1_000;

const ACCOUNTS: Statement = { name: 'ledger-accounts', text: 'select purpose, number, name from ledger_accounts where chain_id = $1' };
const SET_ACCOUNTS: Statement = {
  name: 'ledger-accounts-set',
  text: `insert into ledger_accounts (chain_id, purpose, number, name, changed_at, changed_by_kind, changed_by)
    select $1, x.purpose, x.number, x.name, $3, $4, $5 from json_to_recordset($2::json) as x(purpose text, number text, name text) order by x.purpose
    on conflict (chain_id, purpose) do update set number = excluded.number, name = excluded.name, changed_at = excluded.changed_at, changed_by_kind = excluded.changed_by_kind, changed_by = excluded.changed_by`,
};
const PERIODS: Statement = {
  name: 'ledger-periods',
  text: `select p.month, p.locked_at as "lockedAt", p.locked_by as "lockedBy", (select count(*)::int from ledger_entries e where e.chain_id = p.chain_id and e.month = p.month) as entries
    from ledger_periods p where p.chain_id = $1 order by p.month desc limit ${PERIODS_MAX}`,
};

const LOCK_CHAIN = `select pg_advisory_xact_lock(hashtextextended('ledger ' || $1, 0))`;
const ADD_PERIOD = 'insert into ledger_periods (chain_id, month, locked_at, locked_by) values ($1, $2, $3, $4)';
const ADD_ENTRIES = `insert into ledger_entries (chain_id, month, number, corrects, business_date, account_id, kind, currency, minor, debit_number, debit_name, credit_number, credit_name)
  select $1, $2, x.* from json_to_recordset($3::json) as x(number int, corrects text, business_date date, account_id text, kind text, currency text, minor bigint,
    debit_number text, debit_name text, credit_number text, credit_name text)`;

const COLUMNS = 'corrects, business_date::text as date, account_id as "accountId", kind, currency, minor, debit_number, debit_name, credit_number, credit_name';
const OF_DAYS = `select ${COLUMNS} from ledger_entries where chain_id = $1 and month between left($2, 7) and left($3, 7) and business_date between $2::date and $3::date and account_id = any($4::text[]) order by month, number`;
/** What was booked for a month: in itself, and as a correction in later ones. */
const FOR_MONTH = `select ${COLUMNS} from ledger_entries where chain_id = $1 and (month = $2 and corrects is null or corrects = $2) and account_id = any($3::text[]) order by month, number`;

/** The general ledger's accounts, and the months that are locked. */
export class LedgerRepository {
  /** Those that the chain named. */
  async named(queries: Queries, chainId: string): Promise<ReadonlyMap<LedgerPurpose, LedgerAccount>> {
    const rows = await queries.query<LedgerAccount & { purpose: LedgerPurpose }>(ACCOUNTS, [chainId]);
    return new Map(rows.map(({ purpose, number, name }) => [purpose, { number, name }]));
  }

  async ledger(queries: Queries, chainId: string): Promise<Ledger> {
    return { ...defaultLedger, ...Object.fromEntries(await this.named(queries, chainId)) };
  }

  async name(tx: Tx, chainId: string, accounts: ReadonlyMap<LedgerPurpose, LedgerAccount>, { by, at }: { readonly by: Actor; readonly at: Date }): Promise<void> {
    const rows = [...accounts].map(([purpose, { number, name }]) => ({ purpose, number, name }));
    await tx.query(SET_ACCOUNTS, [chainId, JSON.stringify(rows), at, by.kind, by.name]);
  }

  /** The newest first. */
  async periods(queries: Queries, chainId: string): Promise<LockedPeriod[]> {
    return queries.query<LockedPeriod>(PERIODS, [chainId]);
  }

  /** One month of a chain is locked at a time, until the transaction ends. */
  async lockChain(bulk: Bulk, chainId: string): Promise<void> {
    await bulk.query(LOCK_CHAIN, [chainId]);
  }

  async lock(bulk: Bulk, chainId: string, { month, lockedAt, lockedBy }: Omit<LockedPeriod, 'entries'>, entries: readonly Entry[]): Promise<void> {
    await bulk.query(ADD_PERIOD, [chainId, month, lockedAt, lockedBy]);
    for (let first = 0; first < entries.length; first += WRITE_ROWS_MAX) {
      const rows = entries.slice(first, first + WRITE_ROWS_MAX).map(({ corrects, date, accountId, kind, amount, debit, credit }, index) => ({
        number: first + index + 1, corrects, business_date: date, account_id: accountId, kind, currency: amount.currency, minor: amount.minor.toString(),
        debit_number: debit.number, debit_name: debit.name, credit_number: credit.number, credit_name: credit.name,
      }));
      await bulk.query(ADD_ENTRIES, [chainId, month, JSON.stringify(rows)]);
    }
  }

  /** What is booked in locked months, of these days. */
  async ofDays(bulk: Bulk, chainId: string, { from, to, accountIds }: { readonly from: string; readonly to: string; readonly accountIds: readonly string[] }): Promise<Entry[]> {
    return (await bulk.query<EntryRow>(OF_DAYS, [chainId, from, to, accountIds])).map(toEntry);
  }

  async forMonth(bulk: Bulk, chainId: string, month: string, accountIds: readonly string[]): Promise<Entry[]> {
    return (await bulk.query<EntryRow>(FOR_MONTH, [chainId, month, accountIds])).map(toEntry);
  }
}

function toEntry({ currency, minor, debit_number, debit_name, credit_number, credit_name, ...row }: EntryRow): Entry {
  return { ...row, amount: money(currency, minor), debit: { number: debit_number, name: debit_name }, credit: { number: credit_number, name: credit_name } };
}
