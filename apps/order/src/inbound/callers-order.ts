import { orderId } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { ProblemException, type ApiKey, type Cause } from '@scantill/platform';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Order } from '../core/order.js';
import type { FindOrder } from '../flows/find-order.js';

export const orderParams = z.object({ orderId });
export type OrderParams = z.infer<typeof orderParams>;

/** Another chain's order, or another store's for a key of one store, does not exist for the caller. */
export async function callersOrder(findOrder: FindOrder, { orderId: id }: OrderParams, caller: ApiKey): Promise<Order> {
  const order = await findOrder.run(orderKey(caller.chainId, id));
  if (order === undefined || (caller.storeId !== null && caller.storeId !== order.storeId)) throw new ProblemException('order.not-found');
  return order;
}

export function newCause(): Cause {
  return { correlationId: uuidv7(), causationId: null };
}
