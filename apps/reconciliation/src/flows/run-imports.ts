import { pause, type Clock, type Log } from '@scantill/platform';
import type { Refusal } from '../outbound/file-refused.js';
import type { ImportRepository } from '../outbound/import.repository.js';
import type { Imported, ImportFile } from './import-file.js';
import { ImportCancelled, ImportWatch } from './import-watch.js';

/** `postponed`: it goes on later, here or elsewhere. */
export type ImportEnd =
  | { readonly kind: 'imported'; readonly imported: Imported }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** A person has to accept it. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'postponed' };

/** Each holds a connection to the database for as long as it takes. */
const AT_ONCE_MAX = 3;
const ATTEMPTS_MAX = 5;
const RETRY_DELAY_MS = 5_000;
const RETRY_DELAY_MAX_MS = 300_000;
const WRITES_MAX = 3;
const WRITE_AGAIN_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';

/** Runs imports, so many at once on this instance. What a crash or a lost database interrupts is due work and begins anew. */
export class RunImports {
  private readonly running = new Map<string, { readonly end: Promise<ImportEnd>; readonly watch: ImportWatch }>();
  private readonly waiting: (() => void)[] = [];
  private atWork = 0;
  private isStopped = false;

  constructor(private readonly parts: { readonly importFile: ImportFile; readonly imports: ImportRepository; readonly clock: Clock; readonly log: Log }) {}

  /** How many more may be taken up here. */
  readonly room = (): number => (this.isStopped ? 0 : Math.max(0, AT_ONCE_MAX - this.running.size));

  /** Never throws. An import that runs here already is not begun twice. */
  start(fileId: string): Promise<ImportEnd> {
    const known = this.running.get(fileId);
    if (known !== undefined) return known.end;
    if (this.isStopped) return Promise.resolve({ kind: 'postponed' });
    const { imports, clock, log } = this.parts;
    const watch = new ImportWatch(fileId, imports, clock, log);
    const end = this.run(fileId, watch).finally(() => this.running.delete(fileId));
    this.running.set(fileId, { end, watch });
    return end;
  }

  /** Waits for one that somebody else began; `postponed` when that is another process, or it waits for its next attempt. */
  join(fileId: string): Promise<ImportEnd> {
    return this.running.get(fileId)?.end ?? Promise.resolve({ kind: 'postponed' });
  }

  /** What others began and did not end. */
  async takeUp(fileIds: readonly string[]): Promise<void> {
    await Promise.all(fileIds.map((fileId) => this.start(fileId)));
  }

  /** Imports under way are rolled back, and whoever starts next takes them up. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const { watch } of this.running.values()) watch.abort(new Stopping());
    await Promise.all([...this.running.values()].map(({ end }) => end));
  }

  private async run(fileId: string, watch: ImportWatch): Promise<ImportEnd> {
    const { imports, clock } = this.parts;
    let attempts = 0;
    try {
      watch.start();
      await this.turn();
      attempts = await imports.begin(fileId, clock.now());
      if (attempts > ATTEMPTS_MAX) return await this.giveUp(fileId, attempts - 1);
      return await this.parts.importFile.run(fileId, watch);
    } catch (error) {
      return await this.failed(fileId, error, attempts);
    } finally {
      await watch.stop();
      this.atWork -= 1;
      this.waiting.shift()?.();
    }
  }

  private async turn(): Promise<void> {
    this.atWork += 1;
    if (this.atWork > AT_ONCE_MAX) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private async giveUp(fileId: string, attempts: number): Promise<ImportEnd> {
    this.parts.log.error({ fileId, attempts }, 'an import never ended and is given up: look for what stopped it, then send the file again');
    return { kind: 'refused', refusal: await this.parts.importFile.refuse(fileId, { kind: 'NeverEnded', attempts }) };
  }

  private async failed(fileId: string, error: unknown, attempts: number): Promise<ImportEnd> {
    const { importFile, imports, clock, log } = this.parts;
    const isStopping = error instanceof Stopping;
    const isCancelled = error instanceof ImportCancelled;
    // Somebody else takes long, which says nothing against this import.
    const isHeldUp = error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
    if (!isStopping && !isCancelled) log.warn({ err: error, fileId, attempts }, 'an import failed and is tried again');
    const delayMs = isStopping ? 0 : Math.min(RETRY_DELAY_MS * 2 ** attempts, RETRY_DELAY_MAX_MS);
    const until = new Date(clock.now().getTime() + delayMs);
    const isWritten = await this.write(fileId, () => (isCancelled ? importFile.cancel(fileId) : imports.postpone(fileId, until, attempts === 0 || !(isStopping || isHeldUp))));
    return { kind: isCancelled && isWritten ? 'cancelled' : 'postponed' };
  }

  /** What made the import fail may make this fail, too, for a moment. If it goes on, the lease runs out, and the import is taken up again. */
  private async write(fileId: string, work: () => Promise<void>): Promise<boolean> {
    for (let attempt = 1; attempt <= WRITES_MAX; attempt += 1) {
      try {
        await work();
        return true;
      } catch (error) {
        this.parts.log.warn({ err: error, fileId }, 'the end of an import could not be written');
        await pause(WRITE_AGAIN_MS, () => this.isStopped);
      }
    }
    return false;
  }
}

/** The process is asked to end. */
class Stopping extends Error {
  override readonly name = 'Stopping';
}
