import type { TestDatabase } from '@scantill/testing';

/** Everything that imports write, but for their own progress. */
const TABLES = [
  'lines', 'settled_lines', 'batch_sums', 'summary_rows', 'bank_lines', 'rest_lines', 'rest_expectations', 'links', 'runs', 'days', 'breaks', 'break_history', 'missing_days',
  `files where status in ('in-force', 'superseded', 'pending')`, `due_work where kind <> 'import-file'`,
];
/** What is another one each time. */
const CHANGING = ['at', 'opened_at', 'resolved_at', 'matched_at', 'received_at', 'due_at', 'accepted_at', 'leased_until', 'received_by', 'event_id', 'portion'];
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TOLD = `(payload::jsonb -> 'data') - '{openedAt,resolvedAt,completedAt,readyAt,receivedBy}'::text[]`;

/** What the database says, with files by their names, and without ids and times that nobody chose: the same for the same imports. */
export async function recordsOf(database: TestDatabase): Promise<Record<string, readonly string[]>> {
  const names = new Map((await database.query<{ id: string; name: string }>('select id, name from files')).map(({ id, name }) => [id, name]));
  const named = (text: string): string => text.replace(UUID, (id) => names.get(id) ?? 'an id');
  const read = async (from: string, columns: string): Promise<string[]> =>
    (await database.query<{ text: string }>(`select (${columns})::text as text from ${from}`)).map(({ text }) => named(text)).sort();
  const records: Record<string, readonly string[]> = {};
  for (const from of TABLES) {
    const table = from.split(' ')[0]!;
    records[table] = await read(from, `to_jsonb(${table}) - '{${CHANGING.join()}}'::text[]`);
  }
  return { ...records, outbox: await read('outbox', `jsonb_build_array(payload::jsonb -> 'type', ${TOLD})`) };
}
