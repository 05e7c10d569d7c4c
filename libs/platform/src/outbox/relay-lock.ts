import pg from 'pg';

const RENEW_MS = 2_000;
/** Older than this, a renewal proves nothing: the connection may hang. */
const TRUST_MS = 5_000;

/**
 * One active relay per service. The lock lives in a transaction on a connection of its own, so that it ends with the connection
 * and never outlives it in a pool. A transaction that has read and written nothing holds nothing else back.
 */
export class RelayLock {
  private renewedAtMs = 0;
  private lost = false;
  private timer: NodeJS.Timeout | undefined;

  private constructor(private readonly client: pg.Client) {
    client.on('error', () => { this.lost = true; });
    client.on('end', () => { this.lost = true; });
  }

  /** Undefined when another instance holds it. Throws when the database cannot be reached. */
  static async tryTake(url: string, name: string): Promise<RelayLock | undefined> {
    const client = new pg.Client({ connectionString: url, application_name: `${name}-lock`, connectionTimeoutMillis: TRUST_MS, keepAlive: true });
    const lock = new RelayLock(client);
    try {
      await client.connect();
      await client.query('BEGIN');
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_xact_lock(hashtext($1)) as held', [name]);
      if (rows[0]?.held !== true) {
        await client.end();
        return undefined;
      }
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    lock.keep();
    return lock;
  }

  get isHeld(): boolean {
    return !this.lost && Date.now() - this.renewedAtMs < TRUST_MS;
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.client.end().catch(() => undefined);
  }

  private keep(): void {
    this.renewedAtMs = Date.now();
    this.timer = setInterval(() => {
      this.client.query('select 1').then(() => { this.renewedAtMs = Date.now(); }, () => { this.lost = true; });
    }, RENEW_MS);
  }
}
