import { toMoney, type EventData, type storeOrderRequestedV1 } from '@scantill/contracts';
import type { OrderWish } from '../flows/prepare-order.js';

/** The same wish whether it came over Kafka or HTTP. */
export function toWish(data: EventData<typeof storeOrderRequestedV1>, publishedAgoMs: number): OrderWish {
  return {
    chainId: data.chainId,
    orderId: data.orderId,
    storeId: data.storeId,
    tillId: data.tillId ?? null,
    amount: toMoney(data.amount),
    description: data.description,
    lines: (data.lines ?? []).map(({ name, quantity, amount }) => ({ name, quantity, ...(amount === undefined ? {} : { amount: toMoney(amount) }) })),
    publishedAgoMs,
    validUntil: data.validUntil === undefined ? null : new Date(data.validUntil),
    deadlineSeconds: data.deadlineSeconds ?? null,
    codeSeconds: data.codeSeconds ?? null,
  };
}
