import type { Statement, Tx } from '../database.js';
import type { Flow } from '../inbox/route.js';
import type { Directory, EntryKind } from './directory.js';

export interface DirectoryChange {
  readonly kind: EntryKind;
  readonly id: string;
  readonly data: unknown;
}

const KEEP: Statement = {
  name: 'directory-keep',
  text: `insert into directory_entries (kind, id, sequence, data)
    select kind, id, 1, data from json_to_recordset($1::json) as c(kind text, id text, data jsonb) order by kind, id
    on conflict (kind, id) do update set data = excluded.data, sequence = directory_entries.sequence + 1, position = nextval('directory_positions')
    returning kind, id, sequence`,
};

export interface KeptEntry {
  readonly kind: EntryKind;
  readonly id: string;
  readonly sequence: bigint;
}

/** The last word of each entry stands. */
export class KeepDirectory implements Flow<DirectoryChange> {
  constructor(private readonly directory: Directory) {}

  async run(tx: Tx, changes: readonly DirectoryChange[]): Promise<KeptEntry[]> {
    const last = new Map(changes.map((change) => [`${change.kind}:${change.id}`, change]));
    const kept = await tx.query<KeptEntry>(KEEP, [JSON.stringify([...last.values()])]);
    tx.afterCommit(() => void this.directory.refresh().catch(() => undefined));
    return kept;
  }
}
