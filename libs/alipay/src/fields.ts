import { z } from 'zod';

/**
 * Alipay documents every field as a string, yet its recorded answers carry real numbers and booleans, and public examples
 * send them too. Read both; what we write are strings.
 */
export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);

/** A field that may be missing. Alipay also writes `null` for what it does not know. */
export function maybe<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Text of at most `max` characters that is not empty. */
export function textUpTo(max: number) {
  return text.pipe(z.string().min(1).max(max));
}

/** Ids of both sides have at most 64 characters. */
export const id = textUpTo(64);

/** An amount in the smallest unit of its currency, as decimal digits: USD 10.99 is `1099`, JPY 599 is `599`. */
export const amount = z.object({ currency: text, value: text });
export type Amount = z.output<typeof amount>;

export const resultStatus = z.enum(['S', 'F', 'U']);
export type ResultStatus = z.output<typeof resultStatus>;

/** How a call (or, in a notification, the payment) went. The message is for people and is never compared. */
export const result = z.object({ resultStatus, resultCode: text, resultMessage: maybe(text) });
export type AlipayResult = z.output<typeof result>;

/** The rate between the merchant's and the wallet's currency; the pair may be written in letters or in ISO 4217 numbers. */
export const quote = z.object({ quoteCurrencyPair: text, quotePrice: text, quoteId: maybe(text), guaranteed: maybe(text) });
export type Quote = z.output<typeof quote>;

/** Which wallet paid, and a masked name of its user. */
export const pspCustomerInfo = z.object({ pspName: maybe(text), pspCustomerId: maybe(text), displayCustomerId: maybe(text) });
export type PspCustomerInfo = z.output<typeof pspCustomerInfo>;

export const paymentStatuses = ['SUCCESS', 'FAIL', 'PROCESSING', 'CANCELLED'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

export const refundStatuses = ['SUCCESS', 'PROCESSING', 'FAIL'] as const;
export type RefundStatus = (typeof refundStatuses)[number];
