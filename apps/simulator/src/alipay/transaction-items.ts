import { ORDER_CODE, type TransactionItem } from '@scantill/alipay';
import { instantText } from '../time.js';
import type { Booking } from './booking-days.js';
import type { Ledger } from './ledger.js';
import type { Payment } from './payment.js';

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

/** Of a payment that came to nothing. */
export function failedRowOf(ledger: Ledger, customerId: string, payment: Payment): TransactionItem {
  return { ...commonColumns(customerId, payment), transactionId: ledger.paymentId(payment), paymentTime: instantText(payment.issuedAt) };
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
