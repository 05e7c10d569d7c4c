import type { FileGeneration } from './columns.js';

/** A fee that Alipay lists, and the columns that say how much in which currency. */
export interface FeeColumn {
  readonly fee: string;
  readonly amount: string;
  readonly currency: string;
}

const usual = (fee: string): FeeColumn => ({ fee, amount: `${fee}AmountValue`, currency: `${fee}Currency` });
const short = (fee: string): FeeColumn => ({ fee, amount: fee, currency: `${fee}Currency` });

/** All of them signed from the merchant's view and taken off the gross amount already: a payment's is negative, what a refund gives back positive. */
export const feeColumns: Readonly<Record<FileGeneration, readonly FeeColumn[]>> = {
  A: [usual('fee')],
  B: [
    ...['fee', 'taxFee', 'processingFee'].map(usual), ...['disputeHandlingFee', 'disputeReverseFee'].map(short),
    ...['interchangeFee', 'schemeFee', 'acquirerMarkup'].map(usual),
  ],
  C: [
    ...['paymentMethodFee', 'interchangeFee', 'schemeFee', 'acquirerMarkup', 'processingFee', 'taxFee', 'refundFee'].map(usual), short('disputeHandlingFee'),
    ...['financingFee', 'rdrFee', 'anticipationFee', 'riskDecisionServiceFee', 'riskManagementFee', 'cdrnFee', 'iofFee'].map(usual),
    // The currencies of these two are named unlike all others.
    { fee: 'withholdingTax', amount: 'withholdingTaxAmountValue', currency: 'withholdingTaxFeeCurrency' },
    { fee: 'fxFee', amount: 'fxFeeAmountValue', currency: 'fxFeeAmountCurrency' },
    ...['rtauServiceFee', 'ntServiceFee', 'revenueBoosterServiceFee'].map(usual),
  ],
};

/** The discount that nobody pays to the merchant; generation C has no such columns. Positive for a payment. */
export const COUPON_COLUMNS = { amount: 'nonGuaranteeCouponValue', currency: 'nonGuaranteeCouponCurrency' } as const;
