/** What a refused refund is called by us; the caller acts on it. */
export type RefundProblem =
  | 'refund.exceeds-paid' | 'refund.currency-differs' | 'refund.too-many' | 'refund.window-exceeded' | 'refund.not-supported' | 'refund.partial-not-supported'
  | 'refund.multiple-not-supported' | 'refund.insufficient-funds' | 'refund.refused' | 'order.not-paid';

/** Whether Alipay did what was asked, and what we do next. Only `accepted` and `refused` are answers. */
export type Treatment =
  | { readonly kind: 'accepted' }
  /** It was not done and will not be; `byCustomer`: another wallet or another try may work. */
  | { readonly kind: 'refused'; readonly byCustomer: boolean }
  | { readonly kind: 'refund-refused'; readonly problem: RefundProblem }
  /** Nobody knows: the same request with the same id again, bounded. */
  | { readonly kind: 'repeat' }
  /** Nobody knows, and repeating would not tell: inquire. */
  | { readonly kind: 'ask' }
  /** Alipay knows nothing of it. */
  | { readonly kind: 'not-found' }
  /** Too late to cancel: the money goes back as a refund. */
  | { readonly kind: 'window-over' }
  /** Somebody must mend keys, contract or request; nothing is known about the payment itself. */
  | { readonly kind: 'misconfigured' };

type Table = Readonly<Record<string, Treatment>>;

const accepted = { kind: 'accepted' } as const;
const repeat = { kind: 'repeat' } as const;
const ask = { kind: 'ask' } as const;
const notFound = { kind: 'not-found' } as const;
const misconfigured = { kind: 'misconfigured' } as const;
const refused = { kind: 'refused', byCustomer: false } as const;
const refusedToCustomer = { kind: 'refused', byCustomer: true } as const;
const refundRefused = (problem: RefundProblem): Treatment => ({ kind: 'refund-refused', problem });

const gateway: Table = {
  ACCESS_DENIED: misconfigured,
  CLIENT_INVALID: misconfigured,
  SIGNATURE_INVALID: misconfigured,
  KEY_NOT_FOUND: misconfigured,
  INVALID_API: misconfigured,
  NO_INTERFACE_DEF: misconfigured,
  METHOD_NOT_SUPPORTED: misconfigured,
  MEDIA_TYPE_NOT_ACCEPTABLE: misconfigured,
  PARAM_ILLEGAL: misconfigured,
  // A failure of theirs, not a word about the payment.
  SYSTEM_ERROR: repeat,
  UNKNOWN_EXCEPTION: repeat,
  REQUEST_TRAFFIC_EXCEED_LIMIT: repeat,
};

/** `pay`: accepted means that a code exists, not that anybody has paid. */
export const payCodes: Table = {
  ...gateway,
  SUCCESS: accepted,
  PAYMENT_IN_PROCESS: ask,
  // The same id with other content: what exists under it is not what we ask for now.
  REPEAT_REQ_INCONSISTENT: ask,
  PROCESS_FAIL: refused,
  INVALID_CONTRACT: misconfigured,
  INVALID_MERCHANT_STATUS: misconfigured,
  MERCHANT_NOT_REGISTERED: misconfigured,
  MERCHANT_KYB_NOT_QUALIFIED: misconfigured,
  SETTLE_CONTRACT_NOT_MATCH: misconfigured,
  CURRENCY_NOT_SUPPORT: misconfigured,
  BUSINESS_NOT_SUPPORT: misconfigured,
  NO_PAY_OPTIONS: misconfigured,
  PAYMENT_NOT_QUALIFIED: misconfigured,
  // Of the user-presented mode: we asked for the wrong product.
  EXPIRED_CODE: misconfigured,
  INVALID_PAYMENT_CODE: misconfigured,
  INVALID_CODE: misconfigured,
  PAYMENT_AMOUNT_EXCEED_LIMIT: refused,
  PAYMENT_COUNT_EXCEED_LIMIT: refused,
  RISK_REJECT: refused,
  REGULATION_RESTRICTION: refused,
  ORDER_IS_CLOSED: refused,
  ORDER_IS_CANCELED: refused,
  USER_KYC_NOT_QUALIFIED: refusedToCustomer,
  USER_BALANCE_NOT_ENOUGH: refusedToCustomer,
  USER_AMOUNT_EXCEED_LIMIT: refusedToCustomer,
  USER_STATUS_ABNORMAL: refusedToCustomer,
  USER_NOT_EXIST: refusedToCustomer,
  USER_PAYMENT_VERIFICATION_FAILED: refusedToCustomer,
};

/** `inquiryPayment`: accepted means that the answer says how the payment stands. */
export const inquiryPaymentCodes: Table = {
  ...gateway,
  SUCCESS: accepted,
  ORDER_NOT_EXIST: notFound,
  // Said of the question, never of the payment: those stand in paymentResultCode.
  PROCESS_FAIL: repeat,
  RISK_REJECT: repeat,
  USER_KYC_NOT_QUALIFIED: repeat,
};

/** `cancel`: accepted means that nobody can pay any more, and that what was paid goes back. */
export const cancelCodes: Table = {
  ...gateway,
  SUCCESS: accepted,
  CANCEL_WINDOW_EXCEED: { kind: 'window-over' },
  ORDER_NOT_EXIST: notFound,
  ORDER_STATUS_INVALID: ask,
  PROCESS_FAIL: ask,
};

/** `refund`: final for its id, either way; what is unknown keeps the amount reserved. */
export const refundCodes: Table = {
  ...gateway,
  SUCCESS: accepted,
  REFUND_IN_PROCESS: ask,
  REPEAT_REQ_INCONSISTENT: ask,
  REFUND_AMOUNT_EXCEED: refundRefused('refund.exceeds-paid'),
  REFUND_WINDOW_EXCEED: refundRefused('refund.window-exceeded'),
  REFUND_NOT_SUPPORTED: refundRefused('refund.not-supported'),
  PAYMENT_METHOD_NOT_SUPPORTED: refundRefused('refund.not-supported'),
  PARTIAL_REFUND_NOT_SUPPORTED: refundRefused('refund.partial-not-supported'),
  MULTIPLE_REFUNDS_NOT_SUPPORTED: refundRefused('refund.multiple-not-supported'),
  MERCHANT_BALANCE_NOT_ENOUGH: refundRefused('refund.insufficient-funds'),
  ORDER_IS_CANCELED: refundRefused('refund.refused'),
  ORDER_IS_CLOSED: refundRefused('refund.refused'),
  ORDER_NOT_EXIST: refundRefused('refund.refused'),
  ORDER_STATUS_INVALID: refundRefused('refund.refused'),
  RISK_REJECT: refundRefused('refund.refused'),
  PROCESS_FAIL: refundRefused('refund.refused'),
  CURRENCY_NOT_SUPPORT: misconfigured,
  INVALID_MERCHANT_STATUS: misconfigured,
};

/** `inquiryRefund`: accepted means that the answer says how the refund stands. */
export const inquiryRefundCodes: Table = {
  ...gateway,
  SUCCESS: accepted,
  REFUND_NOT_EXIST: notFound,
  REFUND_IN_PROCESS: repeat,
  PROCESS_FAIL: repeat,
};

/** As Alipay reports it: success, failure, unknown. */
export type ResultStatus = 'S' | 'F' | 'U';

/** A code that stands in no table, or beside a status that contradicts its treatment, says nothing: it is asked about, and never taken for success. */
export function treatmentOf(table: Table, status: ResultStatus, code: string): Treatment {
  const treatment = Object.hasOwn(table, code) ? table[code]! : ask;
  if (status === 'S') return treatment.kind === 'accepted' ? treatment : ask;
  if (treatment.kind === 'accepted') return ask;
  const isAnswer = treatment.kind === 'refused' || treatment.kind === 'refund-refused' || treatment.kind === 'not-found' || treatment.kind === 'window-over';
  return status === 'U' && isAnswer ? ask : treatment;
}
