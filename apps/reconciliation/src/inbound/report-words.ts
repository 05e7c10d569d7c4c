import type { BridgeItem } from '../core/bridge.js';

/** As finance reads them. */
export const bridgeNames = {
  sales: 'Sales',
  refunds: 'Refunds',
  'refund-reversals': 'Refunds that bounced',
  'given-back': 'Payments given back',
  'settled-later': 'Not settled yet in the period',
  'sold-earlier': 'Settled, of other days',
  cancelled: 'Cancelled',
  exchanged: 'Exchanged between currencies',
  fees: 'Fees',
  coupons: 'Coupons',
  'account-entries': 'Entries of the account',
  'not-ours': 'Other products on the account',
  breaks: 'Differences that a break names',
  'paid-later': 'Not paid out yet in the period',
  'settled-before': 'Paid out, settled before',
} as const satisfies Record<BridgeItem, string>;
