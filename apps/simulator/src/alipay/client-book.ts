import type { Payment, Refund } from './payment.js';
import { Refusals } from './refusals.js';

/** Request ids are unique within a client, not among them. */
export class ClientBook {
  readonly payments = new Map<string, Payment>();
  readonly refunds = new Map<string, Refund>();
  readonly refusals = new Refusals();
}
