import { maintainDayPartitions, type Clock, type Database, type DayTable, type Log } from '@scantill/platform';

const CHECK_MS = 3_600_000;

/** Disputes come up to thirteen months later; raw bytes name people. */
const TABLES: readonly DayTable[] = [
  { table: 'exchanges', column: 'at', keptDays: 396 },
  { table: 'exchange_bodies', column: 'at', keptDays: 35 },
];

/** Keeps the evidence in daily partitions: makes the coming ones, drops those whose time is over. */
export class EvidencePartitions {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database, private readonly clock: Clock, private readonly log: Log) {}

  /** Waits for the first round, so that today's exchanges do not land in the default partition. */
  async start(): Promise<void> {
    const run = () => this.maintain().catch((error: unknown) => this.log.warn({ err: error }, 'the partitions of the evidence could not be maintained'));
    this.timer = setInterval(() => void run(), CHECK_MS);
    await run();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async maintain(): Promise<void> {
    for (const table of TABLES) await maintainDayPartitions(this.database, table, this.clock.now().getTime());
  }
}
