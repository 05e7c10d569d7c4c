import { orderCancelRequestedV1, orderNewCodeRequestedV1, orderRefundRequestedV1, topics } from '@scantill/contracts';
import { eventMessage, TestDatabase, until, type FixedClock, type OutgoingMessage } from '@scantill/testing';
import { notice } from './fake-alipay.js';
import type { TestGateway } from './start-gateway.js';

const usd = (minor: bigint) => ({ currency: 'USD' as const, minor: minor.toString() });
const told = (orderId: string) => ({ chainId: 'demo', orderId, storeId: 'S001', tillId: 'T1', nextAction: 'wait' as const });

export interface KnownPayment {
  readonly id: string;
  readonly status: string;
  readonly attention: string | null;
  readonly state: Readonly<Record<string, unknown>>;
  readonly refunded_minor: bigint;
  readonly refunding_minor: bigint;
}

/** The gateway seen from outside: its tables, what order tells it, and what it tells. */
export class Outside {
  private constructor(readonly database: TestDatabase, private readonly clock: FixedClock) {}

  static async open(clock: FixedClock): Promise<Outside> {
    return new Outside(await TestDatabase.open('payment-gateway'), clock);
  }

  /** The latest payment of an order. */
  async paymentOf(orderId: string): Promise<KnownPayment | undefined> {
    return (await this.payments(orderId)).at(-1);
  }

  payments(orderId: string): Promise<KnownPayment[]> {
    return this.database.query<KnownPayment>('select id, status, attention, state, refunded_minor, refunding_minor from payments where order_key = $1 order by created_at, id', [`demo:${orderId}`]);
  }

  refunds(orderId: string): Promise<{ id: string; refund_key: string | null; status: string; amount_minor: bigint; state: Record<string, unknown> }[]> {
    return this.database.query('select id, refund_key, status, amount_minor, state from refunds where order_key = $1 order by requested_at, id', [`demo:${orderId}`]);
  }

  /** Events about an order, in order. */
  async events(orderId: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
    const rows = await this.database.query<{ payload: string }>('select payload from outbox where key = $1 order by id', [`demo:${orderId}`]);
    return rows.map(({ payload }) => JSON.parse(payload) as { type: string; data: Record<string, unknown> });
  }

  async types(orderId: string): Promise<string[]> {
    return (await this.events(orderId)).map(({ type }) => type);
  }

  /** Waits until the latest payment stands so. */
  status(orderId: string, status: string): Promise<KnownPayment> {
    return until(`${orderId} is ${status}`, async () => { const payment = await this.paymentOf(orderId); return payment?.status === status ? payment : undefined; });
  }

  /** Until it happens, the business clock goes on: what is due later becomes due. */
  async meanwhile<Found>(what: string, look: () => Promise<Found>): Promise<NonNullable<Found>> {
    return until(what, async () => {
      this.clock.forward(500);
      return look();
    });
  }

  async withCode(gateway: TestGateway, orderId: string): Promise<string> {
    await gateway.place([orderId]);
    return (await this.status(orderId, 'code-issued')).id;
  }

  /** An order whose payment Alipay has reported. */
  async paid(gateway: TestGateway, orderId: string): Promise<string> {
    const id = await this.withCode(gateway, orderId);
    const { body, headers } = await notice(id);
    await gateway.notify(body, headers);
    await this.status(orderId, 'succeeded');
    return id;
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

/** What order asks of the gateway. */
export const asks = {
  topic: topics.order,
  refund: (orderId: string, paymentId: string, { key, minor }: { key: string; minor: bigint }): OutgoingMessage =>
    eventMessage(orderRefundRequestedV1, `demo:${orderId}`, { ...told(orderId), paymentId, refundKey: key, amount: usd(minor), reason: 'Milk was sour' }),
  cancel: (orderId: string): OutgoingMessage => eventMessage(orderCancelRequestedV1, `demo:${orderId}`, { ...told(orderId), reason: null, deadline: false }),
  newCode: (orderId: string, deadlineAt: Date): OutgoingMessage => eventMessage(orderNewCodeRequestedV1, `demo:${orderId}`, { ...told(orderId), codeSeconds: 300, deadlineAt: deadlineAt.toISOString() }),
};
