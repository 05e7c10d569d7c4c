import { until } from '@scantill/testing';
import pg from 'pg';

/** A statement that an import comes to, by which it can be held there. */
type Place = { readonly table: string; readonly on: 'insert' | 'update' | 'insert or update'; readonly when: string } | { readonly table: string; readonly on: 'lock' };

const KEY = 5_005;
/** Before the first byte: what it is about is looked up and locked. */
const opened: Place = { table: 'files', on: 'lock' };
const inForce: Place = { table: 'files', on: 'update', when: `new.status = 'in-force'` };
/** An import was given up, and that is being written down. */
export const refusing: Place = { table: 'files', on: 'update', when: `new.status = 'refused'` };
const broken: Place = { table: 'breaks', on: 'insert or update', when: 'true' };
/** Where the table of a large file becomes part of its month. */
export const joining = { 'transaction-items': { table: 'lines_default', on: 'lock' }, 'settlement-items': { table: 'settled_lines_default', on: 'lock' } } as const satisfies Record<string, Place>;
/** After everything else was written. */
const announced: Place = { table: 'imports', on: 'update', when: `new.stage = 'ended'` };
const row = (table: string): Place => ({ table, on: 'insert', when: 'new.line = 3' });
const first = (table: string): Place => ({ table, on: 'insert', when: 'true' });
const compared = (kind: string): Place => ({ table: 'runs', on: 'insert', when: `new.kind = '${kind}'` });

/** By report, where each stage of its import can be held. Small files are read as a whole before anything is written of them. */
export const stages = {
  'transaction-items': { reading: row('lines'), keeping: inForce, matching: compared('transactions'), announcing: announced },
  'settlement-items': { reading: row('settled_lines'), keeping: inForce, matching: compared('settlement'), announcing: announced },
  'settlement-summary': { reading: opened, keeping: first('summary_rows'), matching: broken, announcing: announced },
  'bank-statement': { reading: opened, keeping: first('bank_lines'), matching: broken, announcing: announced },
} as const satisfies Record<string, Record<'reading' | 'keeping' | 'matching' | 'announcing', Place>>;

/** Lets everybody who comes to a place wait there, by a lock that the specification has. */
export class Hold {
  private constructor(private readonly client: pg.Client, private readonly place: Place) {}

  static async at(databaseUrl: string, place: Place): Promise<Hold> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'specification' });
    await client.connect();
    if (place.on === 'lock') {
      await client.query(`begin; lock table ${place.table} in exclusive mode`);
    } else {
      await client.query(`select pg_advisory_lock(${KEY})`);
      await client.query(`create or replace function hold_here() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(${KEY}); return new; end $$`);
      await client.query(`create trigger hold_here before ${place.on} on ${place.table} for each row when (${place.when}) execute function hold_here()`);
    }
    return new Hold(client, place);
  }

  /** So many wait, there or behind whoever does. */
  async isReached(by = 1): Promise<void> {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name <> 'specification'`;
    await until(`${by} come to ${this.place.table}`, async () => {
      // Within a transaction it would be the same as before.
      await this.client.query('select pg_stat_clear_snapshot()');
      return (await this.client.query(waiting)).rowCount === by;
    });
  }

  /** Lets them go on. */
  async release(): Promise<void> {
    await this.client.query(this.place.on === 'lock' ? 'rollback' : `select pg_advisory_unlock(${KEY})`);
  }

  /** The session of a killed process ends when what it waited for comes. */
  async releaseDead(application: string): Promise<void> {
    await this.release();
    await until(`the sessions of ${application} are gone`, async () => (await this.client.query(`select from pg_stat_activity where application_name = $1 and datname = current_database()`, [application])).rowCount === 0);
  }

  /** In the end, whatever became of it. */
  async remove(): Promise<void> {
    await this.release();
    if (this.place.on !== 'lock') await this.client.query(`drop trigger hold_here on ${this.place.table}`);
    await this.client.end();
  }
}
