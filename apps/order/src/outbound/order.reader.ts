import { PrismaClient } from '@scantill/db-order';
import { prismaAdapter, type Database } from '@scantill/platform';
import type { Order } from '../core/order.js';
import { toOrder, type OrderRow } from './order-row.js';

/** For whoever asks about one order; requests that wait for their code are answered by the repository, many at a time. */
export class OrderReader {
  private readonly prisma: PrismaClient;

  constructor(database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  async find(key: string): Promise<Order | undefined> {
    const found = await this.prisma.order.findUnique({ where: { key } });
    if (found === null) return undefined;
    const refunds = found.refundCount === 0 ? [] : await this.prisma.orderRefund.findMany({ where: { orderKey: key }, orderBy: [{ requestedAt: 'asc' }, { refundKey: 'asc' }] });
    const row: OrderRow = {
      key: found.key, chain_id: found.chainId, order_id: found.orderId, store_id: found.storeId, till_id: found.tillId,
      amount_minor: found.amountMinor, currency: found.currency, content_hash: found.contentHash,
      content: found.content as unknown as OrderRow['content'], status: found.status as OrderRow['status'], sequence: found.sequence,
      state: found.state as unknown as OrderRow['state'], attention: found.attention,
      placed_at: found.placedAt, valid_until: found.validUntil, deadline_at: found.deadlineAt, since: found.since, refund_count: found.refundCount, acknowledged_at: found.acknowledgedAt,
      acknowledged_by: found.acknowledgedBy as OrderRow['acknowledged_by'],
    };
    return toOrder(row, refunds.map((refund) => ({
      order_key: key, refund_key: refund.refundKey, amount_minor: refund.amountMinor, asked_minor: refund.askedMinor, reason: refund.reason, status: refund.status,
      problem: refund.problem, result_code: refund.resultCode, alipay_refund_id: refund.alipayRefundId,
      requested_at: refund.requestedAt, refunded_at: refund.refundedAt, ended_at: refund.endedAt,
    })));
  }
}
