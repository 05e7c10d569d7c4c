import { PrismaClient, type StoreEvent, type WebhookDelivery } from '@scantill/db-notification';
import { prismaAdapter, type Database } from '@scantill/platform';

/** An order changes a handful of times; each change is told once to its store and once to each endpoint of the chain. */
const ROWS_MAX = 500;

export interface OrderTold {
  readonly streamed: readonly StoreEvent[];
  readonly delivered: readonly WebhookDelivery[];
}

/** For whoever asks later what was told about an order, to whom and when. */
export class ToldReader {
  private readonly prisma: PrismaClient;

  constructor(database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  async ofOrder(chainId: string, orderId: string): Promise<OrderTold> {
    const where = { chainId, orderId };
    const [streamed, delivered] = await Promise.all([
      this.prisma.storeEvent.findMany({ where, orderBy: [{ toldAt: 'asc' }, { sequence: 'asc' }], take: ROWS_MAX }),
      this.prisma.webhookDelivery.findMany({ where, orderBy: { id: 'asc' }, take: ROWS_MAX }),
    ]);
    return { streamed, delivered };
  }
}
