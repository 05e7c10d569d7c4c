import { ok, unreachable } from '@scantill/kernel';
import type { Database } from '@scantill/platform';
import { inBulk, type Bulk } from './bulk.js';

const ONE_MOMENT = 'set transaction isolation level repeatable read';

/** All that is read sees the same moment, so that sums of several statements agree, however much is imported meanwhile. */
export async function inOneMoment<Value>(database: Database, read: (bulk: Bulk) => Promise<Value>): Promise<Value> {
  const result = await inBulk<Value, never>(database, async (bulk) => {
    await bulk.query(ONE_MOMENT);
    return ok(await read(bulk));
  });
  return result.ok ? result.value : unreachable(result.error);
}
