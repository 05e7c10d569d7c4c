import type { DeclineCode } from './alipay/results.js';

/** What can be changed while the simulator runs. One object for all parts, so that a change is seen at once; it does not outlive the process. */
export interface Settings {
  /** Real milliseconds from the issue of a code to its confirmation; `null` leaves codes to people and scripts. */
  confirmAfterMs: number | null;
  /** How long a refund that was asked for asynchronously stays in process, in business time. */
  asyncRefundMs: number;
  /** Why a payment fails that is declined on the page. */
  declineCode: DeclineCode;
}

export function initialSettings(confirmAfterMs: number | undefined): Settings {
  return { confirmAfterMs: confirmAfterMs ?? null, asyncRefundMs: 2_000, declineCode: 'USER_BALANCE_NOT_ENOUGH' };
}
