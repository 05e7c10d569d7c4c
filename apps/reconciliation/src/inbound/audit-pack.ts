import { createHash } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import type { ReportView } from '@scantill/contracts';
import type { AuditFiles, GatherAudit } from '../flows/gather-audit.js';
import type { ReportWish } from '../flows/make-report.js';
import { Archive } from './archive.js';
import { everyBreak, toBreakDetailView } from './break-view.js';
import { tableCsv } from './report-csv.js';
import { tablesOf, type ReportRows } from './report-tables.js';

export interface AuditPackParts {
  readonly wish: ReportWish;
  readonly view: ReportView;
  readonly rows: ReportRows;
  readonly files: AuditFiles;
  readonly gatherAudit: GatherAudit;
}

/** What the archive holds, as it was written. */
interface Packed {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** An archive that proves a report, written as it is sent. The manifest comes last, because it says the SHA-256 of all the rest. */
export function auditPack({ wish, view, rows, files, gatherAudit }: AuditPackParts): Readable {
  const archive = new Archive();
  const packed: Packed[] = [];
  const add = (path: string, open: () => Readable) => archive.add(path, () => measured(open(), (sha256, bytes) => packed.push({ path, sha256, bytes })));
  add('report.json', () => Readable.from([`${JSON.stringify(view, null, 2)}\n`]));
  for (const table of tablesOf(rows)) add(`report/${table.name}.csv`, () => tableCsv(table));
  add('breaks.ndjson', () => Readable.from(breakLines(wish, gatherAudit, rows.today)));
  add('runs.ndjson', () => Readable.from(ndjson(gatherAudit.runs(wish))));
  const kept = files.files.map((file) => ({ ...file, path: `files/${file.accountId}/${file.date}/${file.sha256.slice(0, 12)}_${safeName(file.name)}` }));
  for (const path of new Set(kept.map((file) => file.path))) add(path, () => gatherAudit.content(kept.find((file) => file.path === path)!));
  archive.add('manifest.json', () => {
    const { chainId, from, to, accountId } = wish;
    const received = kept.map(({ bytes, receivedAt, ...file }) => ({ ...file, bytes: Number(bytes), receivedAt: receivedAt.toISOString(), isIntact: packed.some(({ path, sha256 }) => path === file.path && sha256 === file.sha256) }));
    return Readable.from([`${JSON.stringify({ chainId, from, to, accountId, madeAt: view.madeAt, hasAllFiles: files.isWhole, received, contents: packed }, null, 2)}\n`]);
  });
  return archive.end();
}

/** What goes through, with its hash at the end. */
function measured(content: Readable, end: (sha256: string, bytes: number) => void): Readable {
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      end(hash.digest('hex'), bytes);
      done();
    },
  });
  // A failure destroys the meter, which the archive listens to.
  pipeline(content, meter, () => undefined);
  return meter;
}

async function* breakLines({ chainId, from, to, accountId }: ReportWish, gatherAudit: GatherAudit, today: string): AsyncGenerator<string> {
  const all = gatherAudit.breaks({ ...everyBreak(chainId), firstDate: from, lastDate: to, accountId });
  for await (const { found, history } of all) yield `${JSON.stringify(toBreakDetailView(found, [...history], today))}\n`;
}

async function* ndjson(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/** The name is anything that somebody once sent. */
function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\.+/, '_');
}
