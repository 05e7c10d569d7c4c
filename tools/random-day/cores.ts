/** The decisions of the product itself, as they are: the one place where the simulation reaches into the services. */
export { decide as decideOrder, type OrderInput } from '../../apps/order/src/core/decide-order.js';
export { evolve as evolveOrder, hasEnded as hasOrderEnded, isPaid, type Order, type OrderEvent, type PlacedOrder } from '../../apps/order/src/core/order.js';
export { refundSums } from '../../apps/order/src/core/refund.js';
export { decide as decidePayment, type PaymentInput, type StatusReport } from '../../apps/payment-gateway/src/core/decide-payment.js';
export { holdMs, nextCall, nextLook, type NextCall } from '../../apps/payment-gateway/src/core/next-call.js';
export { evolve as evolvePayment, expiryOf, hasEnded as hasPaymentEnded, type Bill, type Payment, type PaymentEvent } from '../../apps/payment-gateway/src/core/payment.js';
export { isOpen, sumsOf, type Refund, type RefundAnswer } from '../../apps/payment-gateway/src/core/refund.js';
export {
  cancelCodes, inquiryPaymentCodes, inquiryRefundCodes, payCodes, refundCodes, treatmentOf, type ResultStatus,
} from '../../apps/payment-gateway/src/core/result-codes.js';
export { expectationOf, fold as foldExpectations, type Expectation, type PaymentFact } from '../../apps/reconciliation/src/core/expectation.js';
