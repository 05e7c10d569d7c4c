import { z } from 'zod';
import type { Operation } from './paths.js';
import { amount, maybe, paymentStatuses, pspCustomerInfo, quote, refundStatuses, result, text } from './fields.js';

/** One representation of the code; all entries of a form stand for the same code. Unknown display types are to be skipped. */
const codeDetail = z.object({ codeValue: text, displayType: text, codeValueType: maybe(text) });
export type CodeDetail = z.output<typeof codeDetail>;

/** `expireTime` is missing from old recordings. */
const orderCodeForm = z.object({ expireTime: maybe(text), codeDetails: z.array(codeDetail).min(1) });
export type OrderCodeForm = z.output<typeof orderCodeForm>;

const ids = { paymentRequestId: maybe(text), paymentId: maybe(text) };

/** What the wallet charged; without a quote the two currencies are the same. */
const charged = { actualPaymentAmount: maybe(amount), paymentQuote: maybe(quote), pspCustomerInfo: maybe(pspCustomerInfo) };

/** A code exists. It does not say that anybody has paid. */
const codeIssued = z.object({
  ...ids,
  paymentId: text,
  paymentAmount: maybe(amount),
  paymentCreateTime: maybe(text),
  orderCodeForm,
});

/** An unknown outcome may carry the code all the same (`PAYMENT_IN_PROCESS` of newer gateways). */
const codeUncertain = codeIssued.partial();

const transaction = z.object({
  transactionType: text,
  transactionId: maybe(text),
  transactionRequestId: maybe(text),
  transactionStatus: maybe(text),
  transactionAmount: maybe(amount),
  transactionTime: maybe(text),
  transactionResult: maybe(result),
});
export type Transaction = z.output<typeof transaction>;

/** `result` is that of the call; how the payment stands is in `paymentStatus` and `paymentResultCode`. */
const paymentFound = z.object({
  ...ids,
  ...charged,
  paymentStatus: z.enum(paymentStatuses),
  paymentResultCode: maybe(text),
  paymentResultMessage: maybe(text),
  paymentAmount: maybe(amount),
  paymentCreateTime: maybe(text),
  paymentTime: maybe(text),
  transactions: maybe(z.array(transaction)),
});

const paymentCancelled = z.object({ ...ids, cancelTime: maybe(text) });

const refundAnswer = z.object({
  refundRequestId: maybe(text),
  refundId: maybe(text),
  paymentId: maybe(text),
  refundAmount: maybe(amount),
  refundTime: maybe(text),
});

const refundFound = refundAnswer.extend({ refundStatus: z.enum(refundStatuses) });

/** Per operation: what the body of an `S` must hold, and what is worth reading in an `F` or a `U`. */
export const answerBodies = {
  pay: { success: codeIssued, other: codeUncertain },
  inquiryPayment: { success: paymentFound, other: z.object(ids) },
  cancel: { success: paymentCancelled, other: z.object(ids) },
  refund: { success: refundAnswer.extend({ refundId: text }), other: refundAnswer },
  inquiryRefund: { success: refundFound, other: refundAnswer },
} as const satisfies Record<Operation, { success: z.ZodType; other: z.ZodType }>;

export type SuccessBody<O extends Operation> = z.output<(typeof answerBodies)[O]['success']>;
export type OtherBody<O extends Operation> = z.output<(typeof answerBodies)[O]['other']>;

/** The part that every answer has. */
export const answerHead = z.object({ result });

/** `notifyPayment`: the final state of a payment, success or failure, never unknown. A failure may come without the amount. */
export const paymentNotification = z.object({
  ...charged,
  notifyType: text,
  result,
  paymentRequestId: text,
  paymentId: text,
  paymentAmount: maybe(amount),
  paymentCreateTime: maybe(text),
  paymentTime: maybe(text),
});
export type PaymentNotification = z.output<typeof paymentNotification>;

export const PAYMENT_RESULT = 'PAYMENT_RESULT';
