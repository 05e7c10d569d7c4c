import {
  paymentCodeIssuedV1, paymentDelayedV1, paymentExpiredV1, paymentLateSuccessV1, paymentRefundFailedV1, paymentRefundReversedV1, paymentRefundSucceededV1, paymentSucceededV1, topics,
} from '@scantill/contracts';
import { eventMessage, type OutgoingMessage, type TestChain } from '@scantill/testing';
import type { TestOrder } from './start-order.js';

const PAID_AT = '2026-11-25T10:00:30+08:00';

/** What the gateway reports of one chain's orders, handed to the service as if it had come from the topic. */
export class GatewayReports {
  constructor(private readonly order: TestOrder, private readonly chain: TestChain) {}

  private about(orderId: string, paymentId: string) {
    return { chainId: this.chain.id, orderId, storeId: 'S001', paymentId, accountId: this.chain.accountId };
  }

  private send(...messages: OutgoingMessage[]): Promise<void> {
    return this.order.receive(topics.payment, messages);
  }

  private key(orderId: string): string {
    return `${this.chain.id}:${orderId}`;
  }

  codeIssued(orderId: string, paymentId = 'a'.repeat(32)): Promise<void> {
    const code = { text: `https://pay.example/${paymentId}`, expiresAt: '2030-01-01T00:00:00Z' };
    return this.send(eventMessage(paymentCodeIssuedV1, this.key(orderId), { ...this.about(orderId, paymentId), alipayPaymentId: '2026', code }));
  }

  delayed(orderId: string, paymentId = 'a'.repeat(32)): Promise<void> {
    return this.send(eventMessage(paymentDelayedV1, this.key(orderId), this.about(orderId, paymentId)));
  }

  expired(orderId: string, paymentId = 'a'.repeat(32)): Promise<void> {
    return this.send(eventMessage(paymentExpiredV1, this.key(orderId), { ...this.about(orderId, paymentId), beforePay: false }));
  }

  succeeded(orderId: string, paymentId = 'a'.repeat(32)): Promise<void> {
    return this.send(eventMessage(paymentSucceededV1, this.key(orderId), this.success(orderId, paymentId)));
  }

  lateSuccess(orderId: string, paymentId = 'a'.repeat(32)): Promise<void> {
    return this.send(eventMessage(paymentLateSuccessV1, this.key(orderId), this.success(orderId, paymentId)));
  }

  refundSucceeded(orderId: string, refundKey: string | null, minor: string): Promise<void> {
    return this.send(eventMessage(paymentRefundSucceededV1, this.key(orderId), { ...this.refund(orderId, refundKey, minor), alipayRefundId: 'R2026', refundedAt: '2026-11-25T10:05:00+08:00' }));
  }

  refundFailed(orderId: string, refundKey: string, minor: string, problem = 'refund.not-supported'): Promise<void> {
    return this.send(eventMessage(paymentRefundFailedV1, this.key(orderId), { ...this.refund(orderId, refundKey, minor), problem, resultCode: 'REFUND_NOT_SUPPORTED' }));
  }

  refundReversed(orderId: string, refundKey: string, minor: string): Promise<void> {
    return this.send(eventMessage(paymentRefundReversedV1, this.key(orderId), { ...this.refund(orderId, refundKey, minor), alipayRefundId: 'R2026', reversedAt: '2026-11-27T10:00:00+08:00' }));
  }

  /** An order of 10.99 USD that the customer has paid. */
  async paidOrder(orderId: string, key: Parameters<TestOrder['ask']>[2], changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.order.ask('POST', '/v1/orders', key, this.chain.order(orderId, changes));
    await this.codeIssued(orderId);
    await this.succeeded(orderId);
  }

  private success(orderId: string, paymentId: string) {
    return { ...this.about(orderId, paymentId), amount: usd('1099'), alipayPaymentId: '2026112511', wallet: 'ALIPAY_CN', paidAt: PAID_AT, reportedAt: PAID_AT };
  }

  private refund(orderId: string, refundKey: string | null, minor: string) {
    return { ...this.about(orderId, 'a'.repeat(32)), refundId: 'b'.repeat(32), refundKey, amount: usd(minor), alipayPaymentId: '2026112511' };
  }
}

export function usd(minor: string) {
  return { currency: 'USD' as const, minor };
}
