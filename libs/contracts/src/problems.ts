/**
 * Every refusal has a stable code: owner dot slug. Clients act on the code, people read the title.
 * Source of the shape: RFC 9457.
 */
export const problems = {
  'request.malformed': { status: 400, title: 'The request does not have the required form' },
  'request.too-large': { status: 413, title: 'The request is too large' },
  'request.unsupported-media-type': { status: 415, title: 'Send application/json' },
  'request.not-found': { status: 404, title: 'There is no such address' },
  'auth.missing': { status: 401, title: 'Send an API key as Authorization: Bearer' },
  'auth.unknown-key': { status: 401, title: 'The API key is not known or no longer valid' },
  'auth.forbidden': { status: 403, title: 'The API key may not do this' },
  'auth.key-in-url': { status: 400, title: 'Send the API key as Authorization: Bearer, never in the address: addresses are logged' },
  'order.not-found': { status: 404, title: 'There is no such order' },
  'order.conflict': { status: 409, title: 'An order with this id but other content exists' },
  'order.unknown-store': { status: 422, title: 'The store is not registered' },
  'order.unknown-till': { status: 422, title: 'The till is not registered in this store' },
  'order.no-account': { status: 422, title: 'The store cannot sell in this currency' },
  'order.already-paid': { status: 409, title: 'The order is already paid' },
  'order.already-ended': { status: 409, title: 'The order has already ended' },
  'order.code-live': { status: 409, title: 'The order has a code that can still be paid' },
  'order.not-paid': { status: 409, title: 'The order is not paid: there is nothing to give back' },
  'order.nothing-to-acknowledge': { status: 409, title: 'The order is not paid: there is nothing to acknowledge' },
  'order.no-code': { status: 404, title: 'The order has no code to show' },
  'refund.exceeds-paid': { status: 409, title: 'More than is left of what was paid' },
  'refund.currency-differs': { status: 422, title: 'A refund has the currency of its order' },
  'refund.too-many': { status: 409, title: 'The order has as many refunds as it can have' },
  'refund.not-found': { status: 404, title: 'There is no such refund' },
  'refund.window-exceeded': { status: 409, title: 'Alipay gives nothing back any more for a payment of this age' },
  'refund.not-supported': { status: 409, title: "The customer's wallet takes nothing back; give the money back in another way" },
  'refund.partial-not-supported': { status: 409, title: "The customer's wallet takes back only the whole amount" },
  'refund.multiple-not-supported': { status: 409, title: "The customer's wallet takes back only once" },
  'refund.insufficient-funds': { status: 409, title: "The merchant's balance at Alipay is too low; ask again with another key once it is not" },
  'refund.refused': { status: 409, title: 'Alipay refused the refund' },
  'day.not-over': { status: 422, title: 'The trading day is not over yet; close it when it is' },
  'day.too-old': { status: 422, title: 'The trading day ended too long ago to be compared' },
  'idempotency.missing': { status: 400, title: 'Send an Idempotency-Key: your own number of the refund' },
  'idempotency.conflict': { status: 409, title: 'This Idempotency-Key was used with other content' },
  'alipay.unavailable': { status: 503, title: 'Alipay does not answer at the moment' },
  'payment.not-found': { status: 404, title: 'There is no such payment' },
  'payment.already-ended': { status: 409, title: 'The payment has ended' },
  'payment.nothing-to-give-back': { status: 409, title: 'There is no money at Alipay that nobody expects' },
  'store.not-found': { status: 404, title: 'There is no such store' },
  'stream.too-many': { status: 503, title: 'Too many event streams are open here; try again in a moment' },
  'day.not-found': { status: 404, title: 'Nothing is known of this day' },
  'file.refused': { status: 422, title: 'The file was refused and nothing was imported' },
  'file.not-found': { status: 404, title: 'There is no such file' },
  'file.already-ended': { status: 409, title: 'The import of the file has ended' },
  'file.not-pending': { status: 409, title: 'The file does not wait for anybody to accept it' },
  'file.person-needed': { status: 403, title: 'Only a person may accept a file or put it away; use the key of a person' },
  'file.cancelled': { status: 409, title: 'The import was cancelled and nothing was imported' },
  'file.no-room': { status: 507, title: 'There is no room to keep the file; nothing of it was kept' },
  'break.not-found': { status: 404, title: 'There is no such break' },
  'break.resolved': { status: 409, title: 'The break is resolved; reopen it first' },
  'break.not-resolved': { status: 409, title: 'The break is not resolved' },
  'break.already-proposed': { status: 409, title: 'A resolution is proposed already; approve or reject it first' },
  'break.nothing-proposed': { status: 409, title: 'No resolution is proposed; propose one first' },
  'break.proposal-changed': { status: 409, title: 'Another resolution is proposed than the one that was read; read it again' },
  'break.person-needed': { status: 403, title: 'Only a person may do this; use the key of a person' },
  'break.own-proposal': { status: 403, title: 'Whoever proposed a resolution does not approve it; another person has to' },
  'break.history-full': { status: 409, title: 'The history of the break is full; resolve the break, or go on elsewhere' },
  'contract.not-found': { status: 404, title: 'There is no such contract' },
  'contract.unknown-account': { status: 422, title: 'There is no such account of yours' },
  'contract.overlaps': { status: 409, title: 'Another contract of the account is valid on some of these days; end it first' },
  'report.not-of-a-store': { status: 422, title: 'This table is of whole accounts; ask without a store' },
  'ledger.month-not-over': { status: 409, title: 'The month is not over yet; lock it when it is' },
  'ledger.person-needed': { status: 403, title: 'Only a person locks a month; use the key of a person' },
  'dead-letter.not-found': { status: 404, title: 'There is no such dead letter' },
  'service.unavailable': { status: 503, title: 'Try again in a moment; nothing was written' },
  'service.defect': { status: 500, title: 'Something is wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** RFC 9457 body. `errors` lists the failing paths of a malformed request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export function problem(code: ProblemCode, detail?: string, errors?: Problem['errors']): Problem {
  const { status, title } = problems[code];
  return { type: `urn:scantill:problem:${code}`, title, status, code, ...(detail === undefined ? {} : { detail }), ...(errors === undefined ? {} : { errors }) };
}
