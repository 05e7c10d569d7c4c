/** Every topic and who writes it; keys are `chain:order` unless said otherwise, and `chain:store` for what is about a trading day. */
export const topics = {
  /** Written by store systems, signed. */
  storeOrders: 'store.orders',
  order: 'order.events',
  payment: 'payment.events',
  /** Key: account:date. */
  reconciliation: 'reconciliation.events',
  /** Compacted; key: kind:id. */
  directory: 'directory.events',
  notification: 'notification.events',
} as const;

export type Topic = (typeof topics)[keyof typeof topics];

export const services = ['order', 'payment-gateway', 'notification', 'reconciliation'] as const;
export type Service = (typeof services)[number];

export function deadLetterTopic(service: Service): string {
  return `${service}.dead-letters`;
}
