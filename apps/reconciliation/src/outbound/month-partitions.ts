import type { Clock, Database, Log, RunningPart } from '@scantill/platform';
import { PORTIONED, SMALL_FILES } from './own-portion.js';

const TABLES = ['expectations', 'acknowledgements', ...PORTIONED] as const;
const MONTHS_AHEAD = 2;
const CHECK_VIOLATION = '23514';

const DAY_MS = 86_400_000;

/** Makes the partitions of this month and the coming ones, now and every day, so that a month that nobody needs any more can be dropped at once. */
export function monthPartitions(database: Database, clock: Clock, log: Log): RunningPart {
  let daily: NodeJS.Timeout | undefined;
  const make = () => makeMonthPartitions(database, clock.now());
  return {
    name: 'partitions of months',
    start: async () => {
      await make();
      daily = setInterval(() => void make().catch((error: unknown) => log.error({ err: error }, 'the partitions of the coming months could not be made')), DAY_MS).unref();
    },
    stop: () => clearInterval(daily),
  };
}

async function makeMonthPartitions(database: Database, now: Date): Promise<void> {
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    const [from, to] = [ahead, ahead + 1].map((months) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 10)) as [string, string];
    for (const table of TABLES) await make(database, { table, from, to });
  }
}

async function make(database: Database, { table, from, to }: { readonly table: string; readonly from: string; readonly to: string }): Promise<void> {
  const month = `${table}_${from.slice(0, 7).replace('-', '')}`;
  const isPortioned = PORTIONED.some((each) => each === table);
  try {
    await database.pool.query(`create table if not exists ${month} partition of ${table} for values from ('${from}') to ('${to}') ${isPortioned ? 'partition by list (portion)' : ''}`);
    if (isPortioned) await database.pool.query(`create table if not exists ${month}_${SMALL_FILES} partition of ${month} for values in (${SMALL_FILES})`);
  } catch (error) {
    // Rows of that month are in the default partition already, and stay there.
    if (!(error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION)) throw error;
  }
}
