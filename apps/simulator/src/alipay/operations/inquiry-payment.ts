import type { InquiryPaymentRequest } from '@scantill/alipay';
import { instantText } from '../../time.js';
import { findPayment, type Alipay, type Caller } from '../alipay.js';
import type { Ledger } from '../ledger.js';
import { refundStatus, type Payment, type Refund } from '../payment.js';
import { paymentResult, refundResult, refuse, resultOf, type Answer } from '../results.js';
import { settlementFields } from '../settlement.js';

/** How the payment stands. The answer's own result is that of the inquiry. */
export function inquiryPayment(alipay: Alipay, request: InquiryPaymentRequest, caller: Caller): Answer {
  const payment = findPayment(alipay, request, caller);
  if (!payment) return refuse('ORDER_NOT_EXIST');
  const { resultCode, resultMessage } = paymentResult(payment.resultCode);
  return {
    result: resultOf('SUCCESS'),
    paymentStatus: payment.status,
    paymentResultCode: resultCode,
    paymentResultMessage: resultMessage,
    ...paymentFields(alipay.ledger, payment),
    ...(payment.refunds.length > 0 && { transactions: payment.refunds.map((refund) => transactionOf(alipay.ledger, refund)) }),
  };
}

/** What inquiries and notifications say alike. */
export function paymentFields(ledger: Ledger, payment: Payment): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    paymentRequestId: payment.requestId,
    paymentId: ledger.paymentId(payment),
    paymentAmount: { currency: payment.currency, value: payment.value },
    paymentCreateTime: instantText(payment.issuedAt),
  };
  if (payment.charge && payment.paidAt !== undefined) {
    const { charge } = payment;
    fields['paymentTime'] = instantText(payment.paidAt);
    fields['actualPaymentAmount'] = { currency: charge.currency, value: charge.value };
    if (charge.quote) fields['paymentQuote'] = { quoteCurrencyPair: charge.quote.pair, quotePrice: charge.quote.price, guaranteed: 'false' };
    const { pspName, pspCustomerId, displayCustomerId } = charge.wallet;
    fields['pspCustomerInfo'] = { pspName, pspCustomerId, displayCustomerId };
    Object.assign(fields, settlementFields(payment.settlementCurrency, payment));
  }
  return fields;
}

function transactionOf(ledger: Ledger, refund: Refund): Record<string, unknown> {
  const { currency, settlementCurrency } = refund.payment;
  return {
    transactionType: 'REFUND',
    transactionId: ledger.refundId(refund),
    transactionRequestId: refund.requestId,
    transactionStatus: refundStatus(refund),
    transactionAmount: { currency, value: refund.value },
    transactionTime: instantText(refund.completedAt ?? refund.acceptedAt),
    transactionResult: refundResult(refund),
    ...settlementFields(settlementCurrency, { currency, value: refund.value }),
  };
}
