import { isDeepStrictEqual } from 'node:util';
import type { DirectoryChange, EntryKind, SecretBox, Statement, Tx } from '@scantill/platform';
import type { DirectoryFileEntry } from './directory-events.js';

interface Row {
  readonly kind: EntryKind;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const ALL: Statement = { name: 'directory-all', text: 'select kind, id, data from directory_entries order by kind, id for update' };

export class DirectoryRepository {
  /** What has to be written so that the directory says what the file says: new, changed, and removed entries, secrets sealed. */
  async differences(tx: Tx, wanted: readonly DirectoryFileEntry[], secrets: SecretBox): Promise<DirectoryChange[]> {
    const known = new Map((await tx.query<Row>(ALL, [])).map((row) => [`${row.kind}:${row.id}`, row]));
    const changes: DirectoryChange[] = [];
    for (const { kind, id, data } of wanted) {
      const row = known.get(`${kind}:${id}`);
      known.delete(`${kind}:${id}`);
      const isSame = row !== undefined && isDeepStrictEqual(mapSecrets(row.data, (secret) => secrets.open(secret)), { ...data });
      if (!isSame) changes.push({ kind, id, data: mapSecrets(data, (secret) => secrets.seal(secret)) });
    }
    for (const row of known.values()) if (row.data['removed'] !== true) changes.push({ kind: row.kind, id: row.id, data: { ...row.data, removed: true } });
    return changes;
  }
}

function mapSecrets(data: Readonly<Record<string, unknown>>, map: (secret: string) => string): Record<string, unknown> {
  const entries = Object.entries(data).map(([name, value]): [string, unknown] => {
    if (name === 'secret' && typeof value === 'string') return [name, map(value)];
    if (name === 'orderKeys' && Array.isArray(value)) return [name, value.map((key: Record<string, unknown>) => mapSecrets(key, map))];
    return [name, value];
  });
  return Object.fromEntries(entries);
}
