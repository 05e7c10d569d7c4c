import type { AlipayResult, Amount } from '@scantill/alipay';
import { refundStatus, type Refund } from './payment.js';
import type { RequestRefused } from './records.js';

/** Alipay's result codes that the simulator gives, with their status and a message for people. */
const RESULTS = {
  SUCCESS: ['S', 'success.'],
  ACCESS_DENIED: ['F', 'Access is denied.'],
  CLIENT_INVALID: ['F', 'The client is invalid.'],
  SIGNATURE_INVALID: ['F', 'The signature is invalid.'],
  KEY_NOT_FOUND: ['F', 'The key is not found.'],
  NO_INTERFACE_DEF: ['F', 'API is not defined.'],
  METHOD_NOT_SUPPORTED: ['F', 'The server does not implement the requested HTTP method.'],
  MEDIA_TYPE_NOT_ACCEPTABLE: ['F', 'The server does not implement the media type that is acceptable to the client.'],
  PARAM_ILLEGAL: ['F', 'Illegal parameters.'],
  CURRENCY_NOT_SUPPORT: ['F', 'The currency is not supported.'],
  REPEAT_REQ_INCONSISTENT: ['F', 'Repeated requests are inconsistent.'],
  ORDER_NOT_EXIST: ['F', 'The order does not exist.'],
  ORDER_IS_CLOSED: ['F', 'The order is closed.'],
  ORDER_IS_CANCELED: ['F', 'The order is canceled.'],
  ORDER_STATUS_INVALID: ['F', 'The order status is invalid.'],
  CANCEL_WINDOW_EXCEED: ['F', 'The cancel date is beyond the cancel period agreed in the contract.'],
  REFUND_WINDOW_EXCEED: ['F', 'The refund date is beyond the refund period agreed in the contract.'],
  REFUND_AMOUNT_EXCEED: ['F', 'The total refund amount exceeds the payment amount.'],
  REFUND_NOT_EXIST: ['F', 'The refund does not exist.'],
  MULTIPLE_REFUNDS_NOT_SUPPORTED: ['F', 'Multiple refunds are not supported.'],
  PARTIAL_REFUND_NOT_SUPPORTED: ['F', 'Partial refunds are not supported.'],
  MERCHANT_BALANCE_NOT_ENOUGH: ['F', 'The balance of the merchant is not enough for this refund.'],
  SETTLE_CONTRACT_NOT_MATCH: ['F', 'No settlement contract fits the settlement currency.'],
  SYSTEM_ERROR: ['F', 'A system error occurred. Do not retry.'],
  PROCESS_FAIL: ['F', 'A general business failure occurred. Do not retry.'],
  UNKNOWN_EXCEPTION: ['U', 'The call failed for unknown reasons.'],
  REQUEST_TRAFFIC_EXCEED_LIMIT: ['U', 'The request traffic exceeds the limit.'],
  PAYMENT_IN_PROCESS: ['U', 'The payment is being processed.'],
  REFUND_IN_PROCESS: ['U', 'The refund is being processed.'],
  USER_BALANCE_NOT_ENOUGH: ['F', 'The user balance is not enough for this payment.'],
  USER_AMOUNT_EXCEED_LIMIT: ['F', 'The payment amount exceeds the user payment limit.'],
  USER_STATUS_ABNORMAL: ['F', 'The user status is abnormal.'],
  USER_NOT_EXIST: ['F', 'The user does not exist.'],
  USER_KYC_NOT_QUALIFIED: ['F', 'The user does not have the required verification.'],
  USER_PAYMENT_VERIFICATION_FAILED: ['F', 'The user failed the payment verification.'],
  RISK_REJECT: ['F', 'The request is rejected because of the risk control.'],
} as const satisfies Record<string, readonly [AlipayResult['resultStatus'], string]>;

export type ResultCode = keyof typeof RESULTS;

/** What a wallet can report when the customer does not pay. */
export const declineCodes = [
  'USER_BALANCE_NOT_ENOUGH', 'USER_AMOUNT_EXCEED_LIMIT', 'USER_STATUS_ABNORMAL', 'USER_NOT_EXIST', 'USER_KYC_NOT_QUALIFIED',
  'USER_PAYMENT_VERIFICATION_FAILED', 'RISK_REJECT', 'PROCESS_FAIL',
] as const satisfies readonly ResultCode[];
export type DeclineCode = (typeof declineCodes)[number];

export function resultOf(code: ResultCode, detail?: string): AlipayResult {
  const [resultStatus, message] = RESULTS[code];
  return { resultCode: code, resultStatus, resultMessage: detail === undefined ? message : `${message} ${detail}` };
}

/** The result of a payment or refund, whose code came through the journal as text. */
export function paymentResult(code: string): AlipayResult {
  return resultOf(code in RESULTS ? (code as ResultCode) : 'PROCESS_FAIL');
}

/** How a refund stands, as the call that asked for it is answered. */
export function refundResult(refund: Refund): AlipayResult {
  switch (refundStatus(refund)) {
    case 'SUCCESS': return resultOf('SUCCESS');
    case 'PROCESSING': return resultOf('REFUND_IN_PROCESS');
    case 'FAIL': return paymentResult(refund.failureCode ?? '');
  }
}

/** Any code with any status, for answers that are made up. */
export function customResult(resultCode: string, resultStatus: AlipayResult['resultStatus']): AlipayResult {
  return { resultCode, resultStatus, resultMessage: resultCode in RESULTS ? RESULTS[resultCode as ResultCode][1] : 'Made up by a plan of faults.' };
}

/** An answer's body before it is signed. A refusal carries nothing but its result. */
export interface Answer {
  readonly result: AlipayResult;
  readonly [field: string]: unknown;
}

export function refuse(code: ResultCode, detail?: string): Answer {
  return { result: resultOf(code, detail) };
}

/** The same request has the same end; under the same id another one is inconsistent. */
export function refuseAgain(refused: RequestRefused, amount: Amount): Answer {
  const isSame = refused.currency === amount.currency && refused.value === amount.value;
  return isSame ? { result: paymentResult(refused.code) } : refuse('REPEAT_REQ_INCONSISTENT');
}
