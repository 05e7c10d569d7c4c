import type { Clock, Log } from '@scantill/platform';
import type { ImportRepository, ImportStage } from '../outbound/import.repository.js';

/** Under the lease, several times over. */
const REPORT_MS = 1_000;
/** Every so many reports the log is told as well. */
const REPORTS_PER_LINE = 10;

/** Somebody does not want this import any more. */
export class ImportCancelled extends Error {
  override readonly name = 'ImportCancelled';
}

/** Tells how far an import is, from outside of its transaction, and hears whether it is still wanted. */
export class ImportWatch {
  private readonly controller = new AbortController();
  private stage: ImportStage = 'waiting';
  private rowCount = 0;
  private beganReadingAtMs = 0;
  private lastReadAtMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private reporting: Promise<void> | undefined;
  private reports = 0;

  constructor(private readonly fileId: string, private readonly imports: ImportRepository, private readonly clock: Clock, private readonly log: Log) {}

  /** Aborted when the import must end. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get rows(): number {
    return this.rowCount;
  }

  start(): void {
    this.timer = setInterval(() => { this.reporting ??= this.report().finally(() => { this.reporting = undefined; }); }, REPORT_MS);
  }

  /** No report is under way any more, and none follows. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.reporting;
  }

  enter(stage: ImportStage): void {
    this.stage = stage;
    if (stage === 'reading') this.beganReadingAtMs = performance.now();
  }

  readonly read = (rows: number): void => {
    this.rowCount += rows;
    this.lastReadAtMs = performance.now();
  };

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  /** One report now. */
  async report(): Promise<void> {
    const { fileId, stage, rows } = this;
    // Rows are checked after they were read; that is no slower reading.
    const seconds = (this.lastReadAtMs - this.beganReadingAtMs) / 1_000;
    const progress = { stage, rows, rowsPerSecond: seconds > 0 ? Math.round(rows / seconds) : 0 };
    try {
      if (await this.imports.report(fileId, progress, this.clock.now())) this.abort(new ImportCancelled('cancelled by request'));
      this.reports += 1;
      if (this.reports % REPORTS_PER_LINE === 0) this.log.info({ fileId, ...progress }, 'import under way');
    } catch (error) {
      this.log.warn({ err: error, fileId }, 'the progress of an import could not be told');
    }
  }
}
