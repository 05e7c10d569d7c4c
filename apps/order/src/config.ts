import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

const peer = z.url({ protocol: /^https?$/ }).optional();

export const config = z.object({
  ...serviceConfig,
  ORDER_PORT: port.default(8081).describe('Public API'),
  ORDER_PRIVATE_PORT: port.default(9081).describe('Metrics, health and operator routes'),
  ORDER_DATABASE_URL: z.string().min(1).describe('postgresql://… of its own database, with its own login role'),
  DIRECTORY_FILE: z.string().min(1).describe('Chains, stores, accounts, API keys and webhook endpoints, as JSON'),
  PAYMENT_GATEWAY_URL: peer.describe('http://… of payment-gateway, which serves its part of the time line of an order; without it that part is named as missing'),
  NOTIFICATION_URL: peer.describe('The same for notification'),
  RECONCILIATION_URL: peer.describe('The same for reconciliation'),
});

export type Config = z.infer<typeof config>;
