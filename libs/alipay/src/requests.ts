import { z } from 'zod';
import { amount, id, text, textUpTo } from './fields.js';

/** The values that make a `pay` an Order Code payment. */
export const ORDER_CODE = { productCode: 'IN_STORE_PAYMENT', paymentMethodType: 'CONNECT_WALLET', inStorePaymentScenario: 'OrderCode' } as const;

const URL_MAX = 2_048;
const GOODS_MAX = 100;
const NAME_MAX = 256;

/** Public samples write `storeMcc`, the SDKs `storeMCC`. */
const store = z.object({
  referenceStoreId: id,
  storeName: textUpTo(NAME_MAX),
  storeMCC: textUpTo(32).optional(),
  storeMcc: textUpTo(32).optional(),
  storeTerminalId: id.optional(),
});

const merchant = z.object({
  referenceMerchantId: id,
  merchantName: textUpTo(NAME_MAX),
  merchantMCC: textUpTo(32),
  store,
});

const goods = z.object({
  referenceGoodsId: id,
  goodsName: textUpTo(NAME_MAX),
  goodsQuantity: text.optional(),
  goodsUnitAmount: amount.optional(),
});
export type Goods = z.output<typeof goods>;

const order = z.object({
  referenceOrderId: id.optional(),
  orderDescription: textUpTo(256),
  orderAmount: amount,
  merchant,
  goods: z.array(goods).max(GOODS_MAX).optional(),
  env: z.object({ storeTerminalId: id.optional() }).optional(),
});

/**
 * The request for an order code. `paymentExpiryTime` is ISO 8601 with offset, later than now and less than 30 minutes ahead.
 * Alipay's Python SDK leaves out `settlementStrategy` and may leave out `paymentNotifyUrl`; ours sends both.
 */
export const payRequest = z.object({
  productCode: z.literal(ORDER_CODE.productCode),
  paymentRequestId: id,
  order,
  paymentAmount: amount,
  paymentMethod: z.object({ paymentMethodType: z.literal(ORDER_CODE.paymentMethodType) }),
  paymentFactor: z.object({ inStorePaymentScenario: z.literal(ORDER_CODE.inStorePaymentScenario) }),
  settlementStrategy: z.object({ settlementCurrency: textUpTo(3) }).optional(),
  paymentExpiryTime: z.iso.datetime({ offset: true }).optional(),
  paymentNotifyUrl: z.url({ protocol: /^https?$/ }).max(URL_MAX).optional(),
  paymentRedirectUrl: z.url({ protocol: /^https?$/ }).max(URL_MAX).optional(),
  merchantRegion: textUpTo(2).optional(),
});
export type PayRequest = z.output<typeof payRequest>;

/** Names a payment by one of its two ids; where both are given `paymentId` wins. */
const paymentReference = z
  .object({ paymentId: id.optional(), paymentRequestId: id.optional() })
  .refine((reference) => reference.paymentId !== undefined || reference.paymentRequestId !== undefined, 'paymentId or paymentRequestId is needed');

export const inquiryPaymentRequest = paymentReference;
export type InquiryPaymentRequest = z.output<typeof inquiryPaymentRequest>;

export const cancelRequest = paymentReference;
export type CancelRequest = z.output<typeof cancelRequest>;

export const refundRequest = z.object({
  refundRequestId: id,
  paymentId: id,
  referenceRefundId: id.optional(),
  refundAmount: amount,
  refundReason: textUpTo(256).optional(),
  isAsyncRefund: text.optional(),
});
export type RefundRequest = z.output<typeof refundRequest>;

/** Where both ids are given `refundId` wins. */
export const inquiryRefundRequest = z
  .object({ refundId: id.optional(), refundRequestId: id.optional() })
  .refine((reference) => reference.refundId !== undefined || reference.refundRequestId !== undefined, 'refundId or refundRequestId is needed');
export type InquiryRefundRequest = z.output<typeof inquiryRefundRequest>;
