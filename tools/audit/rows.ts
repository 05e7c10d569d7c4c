import pg from 'pg';

const PAGE_ROWS = 5_000;

/** Streams the rows of one query through a cursor: one snapshot, and never more than a page of it in memory. */
export async function* rows<Row extends pg.QueryResultRow>(url: string, query: string): AsyncGenerator<Row> {
  const client = new pg.Client({ connectionString: url, application_name: 'audit' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`DECLARE page NO SCROLL CURSOR FOR ${query}`);
    for (;;) {
      const page = await client.query<Row>(`FETCH ${PAGE_ROWS} FROM page`);
      yield* page.rows;
      if (page.rows.length < PAGE_ROWS) return;
    }
  } finally {
    await client.end();
  }
}

/** The one number that a query answers. */
export async function count(url: string, query: string): Promise<number> {
  for await (const row of rows<{ count: string }>(url, query)) return Number(row.count);
  return 0;
}
