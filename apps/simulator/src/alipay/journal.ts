import { closeSync, createReadStream, existsSync, fdatasync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RecordSink } from './ledger.js';
import type { LedgerRecord } from './records.js';

/** Records wait at most this long for the disk. */
const SYNC_INTERVAL_MS = 50;
const NEWLINE = 0x0a;

/**
 * The ledger's records, one JSON line each, appended to a file. What happened in one turn of the event loop is written in one piece at its
 * end, before any signed answer can leave: a killed process loses nothing, a crashed machine at most 50 ms.
 */
export class Journal implements RecordSink {
  private lines: string[] = [];
  private file: number | undefined;
  private syncTimer: NodeJS.Timeout | undefined;
  private syncing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** Reads every record, then opens the file for appending. A last line that was cut off is dropped. */
  async open(apply: (record: LedgerRecord) => void): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true });
    const completeBytes = existsSync(this.path) ? await replay(this.path, apply) : 0;
    this.file = openSync(this.path, 'a');
    ftruncateSync(this.file, completeBytes);
  }

  append(record: LedgerRecord): void {
    if (this.lines.length === 0) setImmediate(() => this.write());
    this.lines.push(JSON.stringify(record));
  }

  /** Everything appended so far is on the disk when this resolves. */
  async close(): Promise<void> {
    this.write();
    clearTimeout(this.syncTimer);
    await this.syncing;
    await this.sync();
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private write(): void {
    if (this.lines.length === 0 || this.file === undefined) return;
    const bytes = Buffer.from(`${this.lines.join('\n')}\n`);
    this.lines = [];
    for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
    this.syncTimer ??= setTimeout(() => {
      this.syncing = this.syncing.then(() => this.sync());
    }, SYNC_INTERVAL_MS);
  }

  private sync(): Promise<void> {
    const { file } = this;
    this.syncTimer = undefined;
    if (file === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => fdatasync(file, (error) => (error ? reject(error) : resolve())));
  }
}

/** @returns the length of the complete lines */
async function replay(path: string, apply: (record: LedgerRecord) => void): Promise<number> {
  let rest: Buffer = Buffer.alloc(0);
  let completeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      apply(JSON.parse(bytes.toString('utf8', start, end)) as LedgerRecord);
      start = end + 1;
    }
    completeBytes += start;
    rest = bytes.subarray(start);
  }
  return completeBytes;
}
