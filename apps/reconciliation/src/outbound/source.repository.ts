import { schedule, type Database, type Statement } from '@scantill/platform';

/** Due work: a source to be asked for files. */
export const SOURCE_DUE = 'poll-source';

/** A file as it lies at its source. */
export interface SeenFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

const KNOWN: Statement = { name: 'sources-known', text: 'select key from due_work where kind = $1' };
const SEEN: Statement = { name: 'source-files-seen', text: 'select path, bytes::float8 as bytes, modified_at as "modifiedAt" from source_files where source_id = $1 and path = any($2::text[])' };
const SEE: Statement = {
  name: 'source-files-see',
  text: `insert into source_files (source_id, path, bytes, modified_at, file_id, seen_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (source_id, path) do update set bytes = excluded.bytes, modified_at = excluded.modified_at, file_id = excluded.file_id, seen_at = excluded.seen_at`,
};
const ANSWERED: Statement = {
  name: 'sources-answered',
  text: 'insert into sources as s (id, first_answer_at) values ($1, $2) on conflict (id) do update set failures = 0, first_answer_at = coalesce(s.first_answer_at, excluded.first_answer_at)',
};
const FAILED: Statement = { name: 'sources-failed', text: 'insert into sources as s (id, failures) values ($1, 1) on conflict (id) do update set failures = s.failures + 1 returning failures' };

/** What is remembered of the places that files come from. */
export class SourceRepository {
  constructor(private readonly database: Database) {}

  /** All of them are asked now, and those that are gone never again. */
  async begin(ids: readonly string[], now: Date): Promise<void> {
    const known = await this.database.query<{ key: string }>(KNOWN, [SOURCE_DUE]);
    const gone = known.map(({ key }) => key).filter((key) => !ids.includes(key));
    await this.database.transaction((tx) => schedule(tx, SOURCE_DUE, ids.map((key) => ({ key, dueAt: now })), gone));
  }

  async next(id: string, dueAt: Date): Promise<void> {
    await this.database.transaction((tx) => schedule(tx, SOURCE_DUE, [{ key: id, dueAt }]));
  }

  /** Those of which nothing changed since they were fetched are left out. */
  async fresh<File extends SeenFile>(id: string, files: readonly File[]): Promise<File[]> {
    const seen = await this.database.query<SeenFile>(SEEN, [id, files.map(({ path }) => path)]);
    const byPath = new Map(seen.map((each) => [each.path, each]));
    return files.filter(({ path, bytes, modifiedAt }) => byPath.get(path)?.bytes !== bytes || byPath.get(path)?.modifiedAt.getTime() !== modifiedAt.getTime());
  }

  async see(id: string, { path, bytes, modifiedAt }: SeenFile, fileId: string, now: Date): Promise<void> {
    await this.database.query(SEE, [id, path, bytes, modifiedAt, fileId, now]);
  }

  async answered(id: string, now: Date): Promise<void> {
    await this.database.query(ANSWERED, [id, now]);
  }

  /** @returns how often in a row, this time included */
  async failed(id: string): Promise<number> {
    return (await this.database.query<{ failures: number }>(FAILED, [id]))[0]?.failures ?? 1;
  }
}
