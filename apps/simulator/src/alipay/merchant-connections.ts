import { Pool } from 'undici';

/** Merchants whose connections are kept open; the one unused for longest makes room. */
const MAX_MERCHANTS = 32;

/** Connections to the hosts that notifications go to. */
export class MerchantConnections {
  private readonly pools = new Map<string, Pool>();

  constructor(private readonly perMerchant: number) {}

  /** @param origin scheme, host and port */
  to(origin: string): Pool {
    const pool = this.pools.get(origin) ?? new Pool(origin, { connections: this.perMerchant });
    this.pools.delete(origin);
    this.pools.set(origin, pool);
    if (this.pools.size > MAX_MERCHANTS) this.dropOldest();
    return pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
  }

  private dropOldest(): void {
    const [oldest] = this.pools;
    if (!oldest) return;
    this.pools.delete(oldest[0]);
    // Deliveries under way still end; only the idle connections go.
    oldest[1].close().catch(() => undefined);
  }
}
