import { ORDER_CODE, type AlipayOutcome, type Amount, type OrderCodeForm, type PayRequest, type PaymentNotification, type PspCustomerInfo, type Quote } from '@scantill/alipay';
import { isCurrency, money, type Money } from '@scantill/kernel';
import type { StatusReport } from '../core/decide-payment.js';
import type { Heard } from '../core/inquiry.js';
import { expiryOf, type Code, type Payment, type Success } from '../core/payment.js';
import type { Treatment } from '../core/result-codes.js';

/** Alipay's words end here. */
type Verdict = StatusReport['verdict'];

export function toPayRequest(payment: Payment, notifyUrl: string): PayRequest {
  const { id, bill } = payment;
  const amount = toAmount(bill.amount);
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
export function toCode(form: OrderCodeForm, expiresAt: Date): Code | undefined {
  const detail = form.codeDetails.find(({ displayType }) => displayType === 'TEXT');
  if (detail === undefined) return undefined;
  const expireMs = form.expireTime === undefined ? Number.NaN : Date.parse(form.expireTime);
  return { text: detail.codeValue, expiresAt: Number.isNaN(expireMs) ? expiresAt : new Date(expireMs) };
}

/** What the body of an accepted inquiry says. */
export function inquiryVerdict({ body }: Extract<AlipayOutcome<'inquiryPayment'>, { status: 'S' }>, now: Date): Verdict {
  switch (body.paymentStatus) {
    case 'PROCESSING': return { kind: 'processing' };
    case 'CANCELLED': return { kind: 'cancelled' };
    case 'FAIL': return { kind: 'failed', resultCode: body.paymentResultCode ?? 'FAIL' };
    case 'SUCCESS': return { kind: 'success', amount: toMoney(body.paymentAmount), success: toSuccess(body, now) };
  }
}

/** What a notification says of its payment. */
export function notificationVerdict(notification: PaymentNotification, now: Date): Verdict {
  if (notification.result.resultStatus !== 'S') return { kind: 'failed', resultCode: notification.result.resultCode };
  return { kind: 'success', amount: toMoney(notification.paymentAmount), success: toSuccess(notification, now) };
}

type Answered<O extends 'inquiryPayment' | 'inquiryRefund'> = Extract<AlipayOutcome<O>, { status: 'S' }>['body'];

/** What an inquiry about anything says, ours or not. */
export function toHeard<O extends 'inquiryPayment' | 'inquiryRefund'>(outcome: AlipayOutcome<O>, treatment: Treatment, found: (body: Answered<O>) => Heard): Heard {
  if (outcome.kind !== 'answered') return { outcome: 'no-answer', resultCode: null };
  if (treatment.kind === 'accepted' && outcome.status === 'S') return found(outcome.body as Answered<O>);
  return { outcome: treatment.kind === 'not-found' ? 'not-found' : 'no-answer', resultCode: outcome.code };
}

const PAYMENT_STATUSES = { SUCCESS: 'succeeded', FAIL: 'failed', PROCESSING: 'processing', CANCELLED: 'cancelled' } as const;

export function foundPayment(body: Answered<'inquiryPayment'>): Heard {
  return {
    outcome: 'found', status: PAYMENT_STATUSES[body.paymentStatus], resultCode: body.paymentResultCode ?? null, amount: toMoney(body.paymentAmount),
    requestId: body.paymentRequestId ?? null, alipayId: body.paymentId ?? null, movedAt: instantOf(body.paymentTime),
  };
}

export function foundRefund(body: Answered<'inquiryRefund'>): Heard {
  return {
    outcome: 'found', status: PAYMENT_STATUSES[body.refundStatus], resultCode: null, amount: toMoney(body.refundAmount),
    requestId: body.refundRequestId ?? null, alipayId: body.refundId ?? null, movedAt: instantOf(body.refundTime),
  };
}

interface Paid {
  readonly paymentId?: string | undefined;
  readonly paymentTime?: string | undefined;
  readonly pspCustomerInfo?: PspCustomerInfo | undefined;
  readonly actualPaymentAmount?: Amount | undefined;
  readonly paymentQuote?: Quote | undefined;
}

function toSuccess(paid: Paid, now: Date): Success {
  const { paymentQuote: quote } = paid;
  return {
    alipayPaymentId: paid.paymentId ?? '',
    wallet: paid.pspCustomerInfo?.pspName ?? null,
    paidAt: toInstant(paid.paymentTime, now),
    charged: toMoney(paid.actualPaymentAmount),
    quote: quote === undefined ? null : { pair: quote.quoteCurrencyPair, price: quote.quotePrice },
  };
}

export function toAmount(value: Money): Amount {
  return { currency: value.currency, value: value.minor.toString() };
}

/** Null for what is not an amount of a currency we know: it agrees with nothing. */
export function toMoney(amount: Amount | undefined): Money | null {
  if (amount === undefined || !isCurrency(amount.currency) || !/^\d{1,16}$/.test(amount.value)) return null;
  return money(amount.currency, BigInt(amount.value));
}

export function toInstant(text: string | undefined, otherwise: Date): Date {
  return instantOf(text) ?? otherwise;
}

function instantOf(text: string | undefined): Date | null {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms);
}
