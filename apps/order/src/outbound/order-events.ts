import {
  fromMoney, orderAcknowledgedV1, orderAttentionNeededV1, orderCancelledV1, orderCancelRequestedV1, orderCodeClosedV1, orderCodeReadyV1, orderExpiredV1, orderFailedV1,
  orderNewCodeRequestedV1, orderPaidV1, orderPlacedV1, orderRejectedV1, orderRequestRefusedV1, type EventData, type EventDefinition, type ProblemCode,
} from '@scantill/contracts';
import { toOutboxRow, type Cause, type OutboxRow } from '@scantill/platform';
import type { AcknowledgedBy } from '../core/acknowledgement.js';
import { nextAction, type NextAction } from '../core/next-action.js';
import type { Order, OrderEvent, PaidOrder } from '../core/order.js';
import { toRefundEvent } from './refund-events.js';

/** Where and when an event of an order was caused. */
export interface Occasion {
  readonly sequence: number;
  readonly at: Date;
  readonly cause: Cause;
}

const SOURCE = 'order';

/** What every event of an order says. */
export interface Told {
  readonly chainId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly tillId: string | null;
  readonly nextAction: NextAction;
}

export type ToRow = <Data>(definition: EventDefinition<Data>, data: Data) => OutboxRow;

/** The event as the others know it; undefined for what only changes our own view. `order` is the state after it. */
export function toOrderRow(order: Order, event: OrderEvent, occasion: Occasion): OutboxRow | undefined {
  const told = toldOf(order);
  const row: ToRow = <Data>(definition: EventDefinition<Data>, data: Data) =>
    toOutboxRow(SOURCE, { definition, data, key: order.key, subject: order.key, sequence: occasion.sequence, time: occasion.at, cause: occasion.cause });
  switch (event.kind) {
    case 'OrderPlaced': return row(orderPlacedV1, placedData(order));
    case 'OrderMetTooLate': return row(orderExpiredV1, { ...told, reason: 'not-valid-any-more' });
    case 'PaymentDelayed': return undefined;
    case 'NewCodeRequested': return row(orderNewCodeRequestedV1, { ...told, codeSeconds: event.codeSeconds, deadlineAt: order.deadlineAt.toISOString() });
    case 'CodeReady': return row(orderCodeReadyV1, { ...told, amount: fromMoney(order.amount), paymentId: event.paymentId, code: { text: event.code.text, expiresAt: event.code.expiresAt.toISOString() } });
    case 'CodeClosed': return row(orderCodeClosedV1, { ...told, paymentId: event.paymentId, reason: event.reason, resultCode: event.resultCode });
    case 'OrderPaid': return row(orderPaidV1, { ...told, amount: fromMoney(order.amount), ...event.paid, paidAt: event.paid.paidAt.toISOString() });
    case 'CancelRequested': return row(orderCancelRequestedV1, { ...told, reason: event.reason, deadline: event.byDeadline });
    case 'CancelRefused': return row(orderRequestRefusedV1, { ...told, request: 'cancel', problem: event.problem, detail: 'the customer had paid before the cancel was sent' });
    case 'OrderCancelled': return row(orderCancelledV1, { ...told, reason: event.reason });
    case 'OrderExpired': return row(orderExpiredV1, { ...told, reason: event.reason });
    case 'OrderFailed': return row(orderFailedV1, { ...told, resultCode: event.resultCode });
    case 'AttentionNeeded': return row(orderAttentionNeededV1, { ...told, reason: event.reason });
    case 'RefundRequested':
    case 'RefundSucceeded':
    case 'RefundFailed':
    case 'RefundReversed': return toRefundEvent(order as PaidOrder, event, { told, row });
  }
}

function toldOf(order: Order): Told {
  return { chainId: order.chainId, orderId: order.orderId, storeId: order.storeId, tillId: order.tillId, nextAction: nextAction(order) };
}

function placedData(order: Order): EventData<typeof orderPlacedV1> {
  const { terms } = order;
  return {
    ...toldOf(order),
    amount: fromMoney(order.amount),
    description: order.description,
    lines: order.lines.map(({ name, quantity, amount }) => ({ name, quantity, ...(amount === undefined ? {} : { amount: fromMoney(amount) }) })),
    store: { name: terms.storeName, mcc: terms.storeMcc, region: terms.storeRegion },
    account: { accountId: terms.accountId, referenceMerchantId: terms.referenceMerchantId, merchantName: terms.merchantName, merchantMcc: terms.merchantMcc, settlementCurrency: terms.settlementCurrency },
    codeSeconds: order.codeSeconds,
    validUntil: order.validUntil.toISOString(),
    deadlineAt: order.deadlineAt.toISOString(),
  };
}

/** Something was asked that cannot be done, of an order that may not even exist. */
export interface Refusal {
  readonly key: string;
  readonly chainId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly tillId: string | null;
  readonly nextAction: NextAction;
  readonly request: string;
  readonly problem: ProblemCode;
  readonly detail: string;
  readonly at: Date;
  readonly cause: Cause;
}

/** A refused new order was never an order (`rejected`); anything else refuses one request about it. */
export function toRefusalRow(refusal: Refusal): OutboxRow {
  const { key, chainId, orderId, storeId, tillId, nextAction: whatNow, request, problem, detail, at, cause } = refusal;
  const told = { chainId, orderId, storeId, tillId, nextAction: whatNow };
  const isRejected = request === 'place' && problem !== 'order.conflict';
  const address = { key, subject: `${key}/${request}`, sequence: 0, time: at, cause };
  return isRejected
    ? toOutboxRow(SOURCE, { definition: orderRejectedV1, data: { ...told, problem, detail }, ...address })
    : toOutboxRow(SOURCE, { definition: orderRequestRefusedV1, data: { ...told, request, problem, detail }, ...address });
}

/** A system of the chain has heard of a paid order. */
export interface Heard {
  readonly order: PaidOrder;
  readonly by: AcknowledgedBy;
  readonly at: Date;
  readonly cause: Cause;
}

/** It is said once and changes nothing of the order, so it has a subject of its own and leaves the order's version as it is. */
export function toAcknowledgedRow({ order, by, at, cause }: Heard): OutboxRow {
  const { key, chainId, orderId, storeId, tillId, paid: { paymentId } } = order;
  const data = { chainId, orderId, storeId, tillId, paymentId, by, acknowledgedAt: at.toISOString() };
  return toOutboxRow(SOURCE, { definition: orderAcknowledgedV1, data, key, subject: `${key}/acknowledgement`, sequence: 1, time: at, cause });
}
