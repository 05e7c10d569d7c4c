import { ORDER_CODE, type AlipayClient, type AlipayOutcome, type Amount, type OrderCodeForm, type PayRequest, type PaymentNotification } from '@scantill/alipay';
import { isCurrency, money, type Money } from '@scantill/kernel';
import type { PaymentInput, StatusReport } from '../core/decide-payment.js';
import { expiryOf, type Code, type Payment } from '../core/payment.js';

/** Alipay's words end here: calls are made from our payment, and what comes back is told in ours. */
export class AlipayPayments {
  constructor(private readonly clients: ReadonlyMap<string, AlipayClient>, private readonly notifyUrl: string) {}

  knows(accountId: string): boolean {
    return this.clients.has(accountId);
  }

  async pay(payment: Payment, now: () => Date): Promise<PaymentInput> {
    const outcome = await this.client(payment).pay(toPayRequest(payment, this.notifyUrl));
    const form = outcome.kind === 'answered' ? outcome.body.orderCodeForm : undefined;
    // An unknown outcome that carries the code all the same is as good as a success: the code exists.
    if (outcome.kind === 'answered' && outcome.status !== 'F' && form !== undefined && outcome.body.paymentId !== undefined) {
      const code = toCode(form, expiryOf(payment));
      if (code !== undefined) return { kind: 'code-issued', alipayPaymentId: outcome.body.paymentId, code, now: now() };
    }
    if (outcome.kind === 'answered' && outcome.status === 'F') return { kind: 'pay-refused', resultCode: outcome.code };
    return { kind: 'pay-unknown' };
  }

  async inquire(payment: Payment, now: () => Date): Promise<PaymentInput> {
    const outcome = await this.client(payment).inquiryPayment({ paymentRequestId: payment.id });
    return { kind: 'report', report: { source: 'inquiry', receivedAt: now(), verdict: inquiryVerdict(outcome, now()) } };
  }

  async cancel(payment: Payment, now: () => Date): Promise<PaymentInput> {
    const outcome = await this.client(payment).cancel({ paymentRequestId: payment.id });
    if (outcome.kind === 'answered' && outcome.status === 'S') return { kind: 'cancel-confirmed', now: now() };
    if (outcome.kind === 'answered' && outcome.status === 'F') return { kind: 'cancel-refused', resultCode: outcome.code, now: now() };
    return { kind: 'cancel-unknown' };
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.close()));
  }

  private client({ bill }: Payment): AlipayClient {
    const client = this.clients.get(bill.accountId);
    if (client === undefined) throw new Error(`there are no keys for the account ${bill.accountId}`);
    return client;
  }
}

function toPayRequest(payment: Payment, notifyUrl: string): PayRequest {
  const { id, bill } = payment;
  const amount: Amount = { currency: bill.amount.currency, value: bill.amount.minor.toString() };
  return {
    productCode: ORDER_CODE.productCode,
    paymentRequestId: id,
    order: {
      referenceOrderId: `${bill.chainId}_${bill.orderId}`,
      orderDescription: bill.description,
      orderAmount: amount,
      merchant: {
        referenceMerchantId: bill.referenceMerchantId,
        merchantName: bill.merchantName,
        merchantMCC: bill.merchantMcc,
        store: { referenceStoreId: bill.storeId, storeName: bill.storeName, storeMCC: bill.storeMcc, ...(bill.tillId === null ? {} : { storeTerminalId: bill.tillId }) },
      },
      ...(bill.lines.length === 0 ? {} : { goods: bill.lines.map(({ name, quantity }, index) => ({ referenceGoodsId: String(index + 1), goodsName: name, goodsQuantity: String(quantity) })) }),
    },
    paymentAmount: amount,
    paymentMethod: { paymentMethodType: ORDER_CODE.paymentMethodType },
    paymentFactor: { inStorePaymentScenario: ORDER_CODE.inStorePaymentScenario },
    settlementStrategy: { settlementCurrency: bill.settlementCurrency },
    paymentExpiryTime: expiryOf(payment).toISOString(),
    paymentNotifyUrl: notifyUrl,
    merchantRegion: bill.region,
  };
}

/** The text entry is drawn by us; pictures stand for the same code. Without one there is nothing a till could show. */
function toCode(form: OrderCodeForm, expiresAt: Date): Code | undefined {
  const detail = form.codeDetails.find(({ displayType }) => displayType === 'TEXT');
  if (detail === undefined) return undefined;
  const expireMs = form.expireTime === undefined ? Number.NaN : Date.parse(form.expireTime);
  return { text: detail.codeValue, expiresAt: Number.isNaN(expireMs) ? expiresAt : new Date(expireMs) };
}

type Verdict = StatusReport['verdict'];

function inquiryVerdict(outcome: AlipayOutcome<'inquiryPayment'>, now: Date): Verdict {
  if (outcome.kind !== 'answered') return { kind: 'unknown' };
  if (outcome.status !== 'S') return { kind: outcome.status === 'F' && outcome.code === 'ORDER_NOT_EXIST' ? 'not-found' : 'unknown' };
  const { body } = outcome;
  switch (body.paymentStatus) {
    case 'PROCESSING': return { kind: 'processing' };
    case 'CANCELLED': return { kind: 'cancelled' };
    case 'FAIL': return { kind: 'failed', resultCode: body.paymentResultCode ?? 'FAIL' };
    case 'SUCCESS': return {
      kind: 'success',
      amount: toMoney(body.paymentAmount),
      success: { alipayPaymentId: body.paymentId ?? '', wallet: body.pspCustomerInfo?.pspName ?? null, paidAt: toInstant(body.paymentTime, now) },
    };
  }
}

/** What a notification says of its payment. */
export function notificationVerdict(notification: PaymentNotification, now: Date): Verdict {
  if (notification.result.resultStatus !== 'S') return { kind: 'failed', resultCode: notification.result.resultCode };
  return {
    kind: 'success',
    amount: toMoney(notification.paymentAmount),
    success: { alipayPaymentId: notification.paymentId, wallet: notification.pspCustomerInfo?.pspName ?? null, paidAt: toInstant(notification.paymentTime, now) },
  };
}

/** Null for what is not an amount of a currency we know: it agrees with nothing. */
function toMoney(amount: Amount | undefined): Money | null {
  if (amount === undefined || !isCurrency(amount.currency) || !/^\d{1,16}$/.test(amount.value)) return null;
  return money(amount.currency, BigInt(amount.value));
}

function toInstant(text: string | undefined, otherwise: Date): Date {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? otherwise : new Date(ms);
}
