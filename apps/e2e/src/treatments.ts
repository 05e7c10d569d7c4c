import { resultCodes, type Operation } from '@scantill/alipay';

/** What Scantill does about an answer of Alipay's, as it shows from outside. */
export type Treatment = 'accepted' | 'refused' | 'declined' | 'misconfigured' | 'repeat' | 'ask' | 'not-found' | 'window-over' | RefundRefusal;
type RefundRefusal =
  | 'refund.exceeds-paid' | 'refund.window-exceeded' | 'refund.not-supported' | 'refund.partial-not-supported' | 'refund.multiple-not-supported'
  | 'refund.insufficient-funds' | 'refund.refused';

const gateway = {
  ACCESS_DENIED: 'misconfigured', CLIENT_INVALID: 'misconfigured', SIGNATURE_INVALID: 'misconfigured', KEY_NOT_FOUND: 'misconfigured', INVALID_API: 'misconfigured',
  NO_INTERFACE_DEF: 'misconfigured', METHOD_NOT_SUPPORTED: 'misconfigured', MEDIA_TYPE_NOT_ACCEPTABLE: 'misconfigured', PARAM_ILLEGAL: 'misconfigured',
  SYSTEM_ERROR: 'repeat', UNKNOWN_EXCEPTION: 'repeat', REQUEST_TRAFFIC_EXCEED_LIMIT: 'repeat',
} as const;

/** Spelled again, not imported: a promise to shops, whatever the service's own table says. A code without a promise does not compile. */
const promised = {
  pay: {
    ...gateway, SUCCESS: 'accepted', PAYMENT_IN_PROCESS: 'ask', REPEAT_REQ_INCONSISTENT: 'ask', PROCESS_FAIL: 'refused',
    INVALID_CONTRACT: 'misconfigured', INVALID_MERCHANT_STATUS: 'misconfigured', MERCHANT_NOT_REGISTERED: 'misconfigured', MERCHANT_KYB_NOT_QUALIFIED: 'misconfigured',
    SETTLE_CONTRACT_NOT_MATCH: 'misconfigured', CURRENCY_NOT_SUPPORT: 'misconfigured', BUSINESS_NOT_SUPPORT: 'misconfigured', NO_PAY_OPTIONS: 'misconfigured',
    PAYMENT_NOT_QUALIFIED: 'misconfigured', EXPIRED_CODE: 'misconfigured', INVALID_PAYMENT_CODE: 'misconfigured', INVALID_CODE: 'misconfigured',
    PAYMENT_AMOUNT_EXCEED_LIMIT: 'refused', PAYMENT_COUNT_EXCEED_LIMIT: 'refused', RISK_REJECT: 'refused', REGULATION_RESTRICTION: 'refused', ORDER_IS_CLOSED: 'refused', ORDER_IS_CANCELED: 'refused',
    USER_KYC_NOT_QUALIFIED: 'declined', USER_BALANCE_NOT_ENOUGH: 'declined', USER_AMOUNT_EXCEED_LIMIT: 'declined', USER_STATUS_ABNORMAL: 'declined', USER_NOT_EXIST: 'declined',
    USER_PAYMENT_VERIFICATION_FAILED: 'declined',
  },
  inquiryPayment: { ...gateway, SUCCESS: 'accepted', ORDER_NOT_EXIST: 'not-found', PROCESS_FAIL: 'repeat', RISK_REJECT: 'repeat', USER_KYC_NOT_QUALIFIED: 'repeat' },
  cancel: { ...gateway, SUCCESS: 'accepted', CANCEL_WINDOW_EXCEED: 'window-over', ORDER_NOT_EXIST: 'not-found', ORDER_STATUS_INVALID: 'ask', PROCESS_FAIL: 'ask' },
  refund: {
    ...gateway, SUCCESS: 'accepted', REFUND_IN_PROCESS: 'ask', REPEAT_REQ_INCONSISTENT: 'ask',
    REFUND_AMOUNT_EXCEED: 'refund.exceeds-paid', REFUND_WINDOW_EXCEED: 'refund.window-exceeded', REFUND_NOT_SUPPORTED: 'refund.not-supported', PAYMENT_METHOD_NOT_SUPPORTED: 'refund.not-supported',
    PARTIAL_REFUND_NOT_SUPPORTED: 'refund.partial-not-supported', MULTIPLE_REFUNDS_NOT_SUPPORTED: 'refund.multiple-not-supported', MERCHANT_BALANCE_NOT_ENOUGH: 'refund.insufficient-funds',
    ORDER_IS_CANCELED: 'refund.refused', ORDER_IS_CLOSED: 'refund.refused', ORDER_NOT_EXIST: 'refund.refused', ORDER_STATUS_INVALID: 'refund.refused', RISK_REJECT: 'refund.refused', PROCESS_FAIL: 'refund.refused',
    CURRENCY_NOT_SUPPORT: 'misconfigured', INVALID_MERCHANT_STATUS: 'misconfigured',
  },
  inquiryRefund: { ...gateway, SUCCESS: 'accepted', REFUND_NOT_EXIST: 'not-found', REFUND_IN_PROCESS: 'repeat', PROCESS_FAIL: 'repeat' },
} as const satisfies { readonly [O in Operation]: Readonly<Record<(typeof resultCodes)[O][number], Treatment>> };

/** A code that nobody has documented is asked about. */
const UNLISTED = 'CODE_NOBODY_KNOWS';
/** What Alipay answers as unknown; all other refusals are final. */
const UNKNOWN = new Set(['PAYMENT_IN_PROCESS', 'REFUND_IN_PROCESS', 'UNKNOWN_EXCEPTION', 'REQUEST_TRAFFIC_EXCEED_LIMIT']);

export interface CodeTreated {
  readonly code: string;
  readonly status: 'S' | 'F' | 'U';
  readonly treatment: Treatment;
  /** As the evidence of a call has it. */
  readonly verdict: string;
}

/** Every code of an operation, and one that is none. @throws for a code that has no treatment */
export function codesOf(operation: Operation): readonly CodeTreated[] {
  const treatments: Readonly<Record<string, Treatment>> = promised[operation];
  return [...resultCodes[operation], UNLISTED].map((code) => {
    const treatment = code === UNLISTED ? 'ask' : treatments[code];
    if (treatment === undefined) throw new Error(`nobody has said what is done about ${code} of ${operation}`);
    const status = treatment === 'accepted' ? 'S' : UNKNOWN.has(code) ? 'U' : 'F';
    return { code, status, treatment, verdict: `${status} ${code}` };
  });
}
