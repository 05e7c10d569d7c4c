import { problems, type ProblemCode } from '@scantill/contracts';
import { parseOrderKey } from '@scantill/kernel';
import { appendEvents, type Cause, type Clock, type Flow, type Tx } from '@scantill/platform';
import { nextAction } from '../core/next-action.js';
import type { Order } from '../core/order.js';
import { toRefusalRow, type Refusal } from '../outbound/order-events.js';
import type { Asked } from '../outbound/order.repository.js';
import type { WaitingCancel, WaitingCancelRepository } from '../outbound/waiting-cancel.repository.js';
import type { ChangeOrders } from './change-orders.js';
import type { OrderWish, PrepareOrder } from './prepare-order.js';
import { problemOf } from './refuse-request.js';

/** What a store system published, its signature verified. */
export type StoreRequest = { readonly key: string; readonly storeId: string; readonly tillId: string | null; readonly cause: Cause } & (
  | { readonly kind: 'place'; readonly wish: OrderWish }
  | { readonly kind: 'cancel'; readonly reason: string | null }
);

type Prepared = { readonly request: StoreRequest } & ({ readonly asked: Asked } | { readonly problem: ProblemCode });

/** Orders and cancels from `store.orders`, in the order they were published. Refusals are answered by an event. */
export class ApplyStoreRequests implements Flow<StoreRequest> {
  constructor(
    private readonly prepareOrder: PrepareOrder,
    private readonly changeOrders: ChangeOrders,
    private readonly waiting: WaitingCancelRepository,
    private readonly clock: Clock,
  ) {}

  async run(tx: Tx, requests: readonly StoreRequest[]): Promise<void> {
    const now = this.clock.now();
    const prepared = requests.map((request) => this.prepare(request, now));
    const accepted = prepared.filter((each): each is Extract<Prepared, { asked: Asked }> => 'asked' in each);
    const outcomes = await this.changeOrders.run(tx, accepted.map(({ asked }) => asked));
    const refusals = prepared.flatMap((each) => ('problem' in each ? [toRefusal(each.request, each.problem, { at: now, order: undefined })] : []));
    const early: WaitingCancel[] = [];
    accepted.forEach(({ request }, index) => {
      const outcome = outcomes[index]!;
      if (outcome.ok) return;
      const isEarly = request.kind === 'cancel' && outcome.error.kind === 'OrderNotFound';
      if (isEarly) early.push({ key: request.key, storeId: request.storeId, reason: request.reason, askedAt: now, cause: request.cause });
      else refusals.push(toRefusal(request, problemOf[outcome.error.kind], { at: now, order: outcome.order }));
    });
    if (early.length > 0) await this.waiting.keep(tx, early);
    await appendEvents(tx, refusals.map(toRefusalRow));
  }

  private prepare(request: StoreRequest, now: Date): Prepared {
    const { key, cause } = request;
    if (request.kind === 'cancel') return { request, asked: { key, input: { kind: 'cancel', reason: request.reason }, at: now, cause } };
    const order = this.prepareOrder.run(request.wish, now);
    return order.ok ? { request, asked: { key, input: { kind: 'place', order: order.value, now }, at: now, cause } } : { request, problem: problemOf[order.error.kind] };
  }
}

/** A refused cancel leaves the till with what its order says: goods that are paid for are handed over. A refused order is nothing to hand goods over for. */
function toRefusal({ key, kind, storeId, tillId, cause }: StoreRequest, problem: ProblemCode, { at, order }: { at: Date; order: Order | undefined }): Refusal {
  const told = kind === 'cancel' && order !== undefined ? { tillId: order.tillId, nextAction: nextAction(order) } : { tillId, nextAction: 'do-not-hand-over' as const };
  return { key, ...parseOrderKey(key), storeId, ...told, request: kind, problem, detail: problems[problem].title, at, cause };
}
