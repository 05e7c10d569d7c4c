import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TcpLink, TestDatabase, until } from '@scantill/testing';
import { CommitUnknown, createLog, Database, isTransient, UnitOfWork, type AnsweringFlow, type Tx } from '../src/index.js';
import { Effects, SERVICE } from './test-service.js';

const TOPIC = 'unit of work';

/** Writes each input as a number; what is not one is an error of content. */
class WriteNumbers implements AnsweringFlow<string, string> {
  readonly batches: string[][] = [];
  gate: Promise<void> = Promise.resolve();

  async run(tx: Tx, inputs: readonly string[]): Promise<string[]> {
    this.batches.push([...inputs]);
    await this.gate;
    await tx.query({ name: 'numbers', text: 'insert into effects (topic, text) select $1, (t::int)::text from unnest($2::text[]) as t' }, [TOPIC, inputs]);
    return inputs.map((input) => `wrote ${input}`);
  }
}

describe('requests that share a unit of work', () => {
  const log = createLog(SERVICE, 'silent');
  let outside: TestDatabase;
  let effects: Effects;
  let link: TcpLink;
  let database: Database;

  beforeAll(async () => {
    outside = await TestDatabase.open(SERVICE);
    effects = new Effects(outside);
    await effects.prepare();
    link = await TcpLink.toUrl(outside.url);
    database = new Database({ url: link.through(outside.url), maxConnections: 2, applicationName: 'unit of work' }, log);
    await outside.query(`create or replace function slow_commit() returns trigger language plpgsql as $$ begin if new.text = '404' then perform pg_sleep(4); end if; return null; end $$`);
    await outside.query('create constraint trigger slow_commit after insert on effects deferrable initially deferred for each row execute function slow_commit()');
  });

  afterAll(async () => {
    await outside.query('drop trigger slow_commit on effects');
    await database.close();
    await link.cut();
    await outside.close();
  });

  it('go together when they arrive while another commits', async () => {
    const flow = new WriteNumbers();
    const work = new UnitOfWork(database, flow);
    let open: () => void = () => undefined;
    flow.gate = new Promise((resolve) => { open = resolve; });
    const first = work.run('1');
    await until('the first is under way', () => flow.batches.length === 1);
    const others = ['2', '3', '4', '5'].map((input) => work.run(input));
    open();
    expect(await Promise.all([first, ...others])).toEqual(['1', '2', '3', '4', '5'].map((input) => `wrote ${input}`));
    expect(flow.batches).toEqual([['1'], ['2', '3', '4', '5']]);
  });

  it('fail alone when only their own content is at fault', async () => {
    const work = new UnitOfWork(database, new WriteNumbers());
    const settled = await Promise.allSettled(['11', '12', 'thirteen', '14'].map((input) => work.run(input)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await effects.texts(TOPIC)).toEqual(expect.arrayContaining(['11', '12', '14']));
  });

  it('hear that nobody knows when the connection is lost in the commit, although it may have happened', async () => {
    const work = new UnitOfWork(database, new WriteNumbers());
    const asked = work.run('404').then(() => undefined, (error: unknown) => error);
    await until('it commits', async () => (await outside.count(`pg_stat_activity where datname = current_database() and application_name = 'unit of work' and query = 'COMMIT' and wait_event = 'PgSleep'`)) === 1);
    await link.cut();
    const error = await asked;
    await link.mend();
    expect(error).toBeInstanceOf(CommitUnknown);
    expect(isTransient(error)).toBe(true);
    await until('it was written all the same', async () => (await effects.texts(TOPIC)).includes('404'));
  });

  it('hear that nothing was written when PostgreSQL is away', async () => {
    await link.cut();
    const error = await new UnitOfWork(database, new WriteNumbers()).run('21').then(() => undefined, (reason: unknown) => reason);
    await link.mend();
    expect(isTransient(error)).toBe(true);
    expect(error).not.toBeInstanceOf(CommitUnknown);
    expect(await effects.texts(TOPIC)).not.toContain('21');
  });
});
