import type { ProblemCode } from '@scantill/contracts';
import type { Money } from '@scantill/kernel';
import { appendEvents, type Cause, type Clock, type Flow, type Tx } from '@scantill/platform';
import type { OrderInput } from '../core/decide-order.js';
import { toRefusalRow } from '../outbound/order-events.js';
import type { Asked } from '../outbound/order.repository.js';
import type { WaitingRequest, WaitingRequestRepository } from '../outbound/waiting-request.repository.js';
import type { ChangeOrders } from './change-orders.js';
import type { OrderWish, PrepareOrder } from './prepare-order.js';
import { problemOf, toRefusal } from './refuse-request.js';

/** What a store system published, its signature verified. */
export type StoreRequest = { readonly key: string; readonly storeId: string; readonly tillId: string | null; readonly cause: Cause } & (
  | { readonly kind: 'place'; readonly wish: OrderWish }
  | { readonly kind: 'cancel'; readonly reason: string | null }
  | { readonly kind: 'refund'; readonly refundKey: string; readonly amount: Money | null; readonly reason: string | null }
);

type Prepared = { readonly request: StoreRequest } & ({ readonly asked: Asked } | { readonly problem: ProblemCode });

/** Orders, cancels and refunds from `store.orders`, in the order they were published. Refusals are answered by an event. */
export class ApplyStoreRequests implements Flow<StoreRequest> {
  constructor(
    private readonly prepareOrder: PrepareOrder,
    private readonly changeOrders: ChangeOrders,
    private readonly waiting: WaitingRequestRepository,
    private readonly clock: Clock,
  ) {}

  async run(tx: Tx, requests: readonly StoreRequest[]): Promise<void> {
    const now = this.clock.now();
    const prepared = requests.map((request) => this.prepare(request, now));
    const accepted = prepared.filter((each): each is Extract<Prepared, { asked: Asked }> => 'asked' in each);
    const outcomes = await this.changeOrders.run(tx, accepted.map(({ asked }) => asked));
    const refusals = prepared.flatMap((each) => ('problem' in each ? [toRefusal(each.request, each.problem, { at: now, order: undefined })] : []));
    const early: WaitingRequest[] = [];
    accepted.forEach(({ request, asked: { key, input, cause } }, index) => {
      const outcome = outcomes[index]!;
      if (outcome.ok) return;
      if (outcome.order === undefined && input.kind !== 'place') early.push({ orderKey: key, storeId: request.storeId, input: input as WaitingRequest['input'], askedAt: now, cause });
      else refusals.push(toRefusal(request, problemOf[outcome.error.kind], { at: now, order: outcome.order }));
    });
    if (early.length > 0) await this.waiting.keep(tx, early);
    await appendEvents(tx, refusals.map(toRefusalRow));
  }

  private prepare(request: StoreRequest, now: Date): Prepared {
    const input = this.toInput(request, now);
    return typeof input === 'string' ? { request, problem: input } : { request, asked: { key: request.key, input, at: now, cause: request.cause } };
  }

  private toInput(request: StoreRequest, now: Date): OrderInput | ProblemCode {
    switch (request.kind) {
      case 'cancel': return { kind: 'cancel', reason: request.reason, storeId: request.storeId };
      case 'refund': return { kind: 'request-refund', refundKey: request.refundKey, amount: request.amount, reason: request.reason, storeId: request.storeId, now };
      case 'place': {
        const order = this.prepareOrder.run(request.wish, now);
        return order.ok ? { kind: 'place', order: order.value, now } : problemOf[order.error.kind];
      }
    }
  }
}
