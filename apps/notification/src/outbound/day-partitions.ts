import { forgetRows, maintainDayPartitions, type Clock, type Database, type Log } from '@scantill/platform';
import { WEBHOOK_DUE } from './delivery.repository.js';

const DAY_MS = 86_400_000;
/** As long as the topics keep their messages. */
const KEPT_DAYS = 14;
const CHECK_MS = 3_600_000;

/** Keeps what was told in daily partitions and forgets it after its time, with the deliveries that have ended. */
export class DayPartitions {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database, private readonly clock: Clock, private readonly log: Log) {}

  /** Waits for the first round, so that today's events do not land in the default partition. */
  async start(): Promise<void> {
    const run = () => this.maintain().catch((error: unknown) => this.log.warn({ err: error }, 'the partitions of what was told could not be maintained'));
    this.timer = setInterval(() => void run(), CHECK_MS);
    await run();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async maintain(nowMs = Date.now()): Promise<void> {
    await maintainDayPartitions(this.database, { table: 'store_events', column: 'told_at', keptDays: KEPT_DAYS }, nowMs);
    // Deliveries live by the clock of the business. One that still waits belongs to an endpoint that was removed.
    const before = new Date(this.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    await forgetRows(this.database, { table: 'webhook_deliveries', row: 'id', condition: 'created_at < $1' }, before);
    await forgetRows(this.database, { table: 'due_work', row: 'ctid', condition: `kind like '${WEBHOOK_DUE}%' and due_at < $1` }, before);
  }
}
