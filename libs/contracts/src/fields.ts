import { CHAIN_ID, currencies, MAX_MINOR_DIGITS, money, ORDER_ID, STORE_ID, type Money } from '@scantill/kernel';
import { z } from 'zod';

/** Fields that appear in more than one contract. Each has a bound: nothing unlimited crosses a service boundary. */
export const chainId = z.string().regex(CHAIN_ID).describe('The merchant, as registered in the directory');
export const orderId = z.string().regex(ORDER_ID).describe("The chain's own order number, unique within the chain");
export const storeId = z.string().regex(STORE_ID).describe("The chain's own store number");
export const tillId = z.string().regex(STORE_ID).describe('The terminal in the store');
export const instant = z.iso.datetime({ offset: true }).describe('RFC 3339 with offset');
export const paymentId = z.string().regex(/^[0-9a-f]{32}$/).describe('One attempt to collect an order');
export const refundKey = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/).describe("The caller's own number of the refund, unique within the order: the same key is the same refund");
export const refundId = z.string().regex(/^[0-9a-f]{32}$/).describe('One refund at Alipay');
export const text = (max: number) => z.string().min(1).max(max).regex(/^[^\u0000-\u0008\u000b-\u001f\u007f]*$/, 'control characters are not allowed').refine((value) => value.isWellFormed(), 'half a character is not allowed');

const unsigned = new RegExp(`^[1-9][0-9]{0,${MAX_MINOR_DIGITS - 1}}$`);
const signed = new RegExp(`^(0|-?[1-9][0-9]{0,${MAX_MINOR_DIGITS + 5}})$`);

/** What somebody pays: a positive whole number of minor units. */
export const amount = z.strictObject({
  currency: z.enum(currencies as [(typeof currencies)[number], ...(typeof currencies)[number][]]).describe('ISO 4217'),
  minor: z.string().regex(unsigned, `a positive whole number of minor units with at most ${MAX_MINOR_DIGITS} digits`),
}).describe('Money in the smallest unit of its currency: 10.99 USD is { "currency": "USD", "minor": "1099" }');

/** Sums and differences, which may be zero or negative. */
export const signedAmount = z.strictObject({ currency: amount.shape.currency, minor: z.string().regex(signed) });

/** So many that thousands of them can be added up in 64 bits. */
const MAX_TOTAL_DIGITS = MAX_MINOR_DIGITS + 3;
/** What many amounts come to, none of them negative; its currency stands beside it. */
export const totalMinor = z.string().regex(new RegExp(`^(0|[1-9][0-9]{0,${MAX_TOTAL_DIGITS - 1}})$`), `a whole number of minor units, zero or more, with at most ${MAX_TOTAL_DIGITS} digits`);

export type WireAmount = z.infer<typeof signedAmount>;

export function toMoney(wire: WireAmount): Money {
  return money(wire.currency, BigInt(wire.minor));
}

export function fromMoney(value: Money): WireAmount {
  return { currency: value.currency, minor: value.minor.toString() };
}

/** What the person at the till does next. It matters most while something is unknown. */
export const nextAction = z.enum(['show-code', 'wait', 'hand-over-goods', 'do-not-hand-over', 'call-operator']);
export type NextAction = z.infer<typeof nextAction>;
