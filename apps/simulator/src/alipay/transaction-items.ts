import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { END_MARKER, ORDER_CODE, TRANSACTION_ITEMS_COLUMNS, type TransactionItem } from '@scantill/alipay';
import { stringify } from 'csv-stringify/sync';
import { instantText } from '../time.js';
import type { Booking } from './booking-days.js';
import type { Ledger } from './ledger.js';
import type { Payment } from './payment.js';

/** Rows turned into text at a time, so that calls are answered while a long day is written. */
const ROWS_PER_CHUNK = 500;

/** Writes a day's transaction file (generation A, smallest unit). It appears under its name only when it is complete. */
export async function writeTransactionItems(path: string, rows: Iterable<TransactionItem>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.part`;
  await pipeline(chunks(rows), createWriteStream(unfinished));
  await rename(unfinished, path);
}

async function* chunks(rows: Iterable<TransactionItem>): AsyncGenerator<string> {
  yield `${TRANSACTION_ITEMS_COLUMNS.join(',')}\n`;
  let pending: TransactionItem[] = [];
  for (const row of rows) {
    pending.push(row);
    if (pending.length < ROWS_PER_CHUNK) continue;
    yield csv(pending);
    pending = [];
    await new Promise(setImmediate);
  }
  yield `${csv(pending)}${END_MARKER}\n`;
}

function csv(rows: TransactionItem[]): string {
  return stringify(rows, { columns: [...TRANSACTION_ITEMS_COLUMNS] });
}

/** Refunds and cancels are negative and name the payment they undo. */
export function rowOf(ledger: Ledger, customerId: string, booking: Booking): TransactionItem {
  switch (booking.type) {
    case 'PAYMENT': {
      const { payment } = booking;
      return { ...commonColumns(customerId, payment), transactionId: ledger.paymentId(payment), paymentTime: instantText(payment.paidAt ?? 0) };
    }
    case 'CANCEL': {
      const { payment } = booking;
      const transactionId = ledger.paymentId(payment);
      return {
        ...commonColumns(customerId, payment), transactionType: 'CANCEL', transactionId, originalTransactionId: transactionId,
        paymentTime: instantText(payment.cancelledAt ?? 0), transactionAmountValue: `-${payment.value}`,
      };
    }
    case 'REFUND': {
      const { refund } = booking;
      return {
        ...commonColumns(customerId, refund.payment), transactionType: 'REFUND', transactionId: ledger.refundId(refund),
        originalTransactionId: ledger.paymentId(refund.payment), transactionRequestId: refund.requestId,
        referenceTransactionId: refund.referenceId ?? '', paymentTime: instantText(refund.completedAt ?? 0), transactionAmountValue: `-${refund.value}`,
      };
    }
  }
}

/** The row of a payment, as far as refunds and cancels repeat it. */
function commonColumns(customerId: string, payment: Payment): Omit<TransactionItem, 'transactionId' | 'paymentTime'> {
  return {
    customerId,
    referenceMerchantId: payment.merchant.merchantId,
    referenceStoreId: payment.merchant.storeId,
    originalTransactionId: '',
    transactionRequestId: payment.requestId,
    referenceTransactionId: payment.orderId ?? '',
    orderDescription: payment.description,
    paymentMethodType: payment.charge?.wallet.paymentMethodType ?? '',
    pspName: payment.charge?.wallet.pspName ?? '',
    transactionType: 'PAYMENT',
    productCode: ORDER_CODE.productCode,
    transactionAmountValue: payment.value,
    transactionCurrency: payment.currency,
  };
}
