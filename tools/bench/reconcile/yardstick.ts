import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Problem } from '../../bootstrap/problem.mjs';
import { END, type AlipayFile } from './alipay-file.ts';
import { BENCH } from './sales.ts';

/** The least that PostgreSQL can do with the same file and the same expectations: nothing checked, nothing kept of what came of it. */
export interface Yardstick {
  readonly copyMs: number;
  readonly joinMs: number;
}

const READ_BYTES = 262_144;

export async function measureYardstick(client: pg.Client, { path, columns, bytes, rows }: AlipayFile): Promise<Yardstick> {
  await client.query(`create table bench_raw (${columns.map((name) => `"${name}" text`).join(', ')})`);
  try {
    const copyMs = await timed(() => pipeline(
      // COPY knows no last line: it would be a row with too few columns.
      createReadStream(path, { end: bytes - END.length - 1, highWaterMark: READ_BYTES }),
      client.query(copyFrom('copy bench_raw from stdin (format csv, header)')),
    ));
    // What the planner is told costs the yardstick nothing.
    await client.query('analyze bench_raw');
    let matched = 0;
    const joinMs = await timed(async () => {
      const answer = await client.query<{ count: number }>(`select count(*)::int as count from bench_raw r join expectations e on e.alipay_id = r."transactionId" and e.amount_minor = r."transactionAmountValue"::bigint
        where e.account_id = $1 and e.business_date = $2`, [BENCH.accountId, BENCH.date]);
      matched = answer.rows[0]?.count ?? 0;
    });
    if (matched !== rows) throw new Problem(`The bare join finds ${matched} of ${rows} rows: the benchmark's file and expectations do not belong together.`);
    return { copyMs, joinMs };
  } finally {
    await client.query('drop table bench_raw');
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const sinceMs = performance.now();
  await work();
  return performance.now() - sinceMs;
}
