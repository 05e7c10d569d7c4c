import { createHash } from 'node:crypto';

/** The one account of the benchmark, and its one day. */
export const BENCH = {
  chainId: 'demo', accountId: 'demo-usd', customerId: '1022188000000000001', merchantId: 'M0001', currency: 'USD',
  date: '2026-11-24', settledOn: '2026-11-25', now: '2026-11-26T09:00:00+08:00', feeRate: '0.006',
} as const;

/** A payment or refund as both sides know it. The same number gives the same one. */
export interface Sale {
  readonly type: 'PAYMENT' | 'REFUND';
  /** Alipay's ids have 35 digits and begin with the day. */
  readonly alipayId: string;
  readonly originalId: string;
  readonly requestId: string;
  readonly paymentRequestId: string;
  readonly orderId: string;
  readonly storeId: string;
  /** Signed, as in Alipay's files. */
  readonly minor: number;
  /** What Alipay takes off: negative for a payment. */
  readonly feeMinor: number;
  readonly paidAt: string;
}

/** Every so many rows, the payment that stands furthest back since the last refund is given back. */
const REFUND_EVERY = 25;
const STORES = 50;
const MINOR = { min: 150, range: 19_850 };
const OPEN = { fromSeconds: 8 * 3_600, seconds: 14 * 3_600 };
const FEE_PER_MILLE = 6;
const DAY = BENCH.date.replaceAll('-', '');

/** @param row 0 … rows − 1, in the order of time */
export function saleAt(row: number, rows: number): Sale {
  const isRefund = row % REFUND_EVERY === REFUND_EVERY - 1;
  const payment = isRefund ? row - REFUND_EVERY + 1 : row;
  const paymentRequestId = requestIdOf('payment', payment);
  const minor = MINOR.min + (mixed(payment) % MINOR.range);
  const fee = roundedHalfEven(minor * FEE_PER_MILLE, 1_000);
  const paymentId = alipayIdOf('114010800100', payment);
  return {
    type: isRefund ? 'REFUND' : 'PAYMENT',
    alipayId: isRefund ? alipayIdOf('114010801300', row) : paymentId,
    originalId: isRefund ? paymentId : '',
    requestId: isRefund ? requestIdOf('refund', row) : paymentRequestId,
    paymentRequestId,
    orderId: `A-${String(payment).padStart(8, '0')}`,
    storeId: `S${String((mixed(payment + 1) % STORES) + 1).padStart(3, '0')}`,
    minor: isRefund ? -minor : minor,
    feeMinor: isRefund ? fee : -fee,
    paidAt: timeOf(OPEN.fromSeconds + Math.floor((row * OPEN.seconds) / rows)),
  };
}

function alipayIdOf(infix: string, number: number): string {
  return `${DAY}${infix}${String(424_242_000_000_000 + number)}`;
}

/** 32 hexadecimal digits that come in no order, as those that are drawn. */
function requestIdOf(kind: string, number: number): string {
  return createHash('md5').update(`${kind} ${number}`).digest('hex');
}

function timeOf(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${BENCH.date}T${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}+08:00`;
}

/** Neighbours get numbers far apart (a step of MurmurHash3). */
function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function roundedHalfEven(numerator: number, divisor: number): number {
  const quotient = Math.floor(numerator / divisor);
  const twiceRest = (numerator % divisor) * 2;
  return twiceRest > divisor || (twiceRest === divisor && quotient % 2 === 1) ? quotient + 1 : quotient;
}
