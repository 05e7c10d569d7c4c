import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

export const config = z.object({
  ...serviceConfig,
  PAYMENT_GATEWAY_PORT: port.default(8082).describe('Public API'),
  PAYMENT_GATEWAY_NOTIFY_PORT: port.default(8092).describe("The door for Alipay's notifications"),
  PAYMENT_GATEWAY_PRIVATE_PORT: port.default(9082).describe('Metrics, health and operator routes'),
  PAYMENT_GATEWAY_DATABASE_URL: z.string().min(1).describe('postgresql://… of its own database, with its own login role'),
  PAYMENT_GATEWAY_ACCOUNTS_FILE: z.string().min(1).describe('Client ids, addresses and keys (files, or names of variables) of the accounts at Alipay, as JSON'),
  PAYMENT_GATEWAY_EVIDENCE_KEY_FILE: z.string().min(1).describe('Keys that seal the raw exchanges with Alipay, as lines of version:base64'),
  PAYMENT_GATEWAY_NOTIFY_URL: z.url({ protocol: /^https?$/ }).describe('The address Alipay is given; a proxy may rewrite its path before it reaches us'),
  ALIPAY_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000).describe('How long a call may take before its outcome is unknown'),
  ALIPAY_CONNECTIONS: z.coerce.number().int().min(1).max(1_000).default(64).describe('Calls under way at once, for each account'),
  ALIPAY_INQUIRIES_PER_SECOND: z.coerce.number().min(1).max(1_000).default(20).describe('For each account; what is more waits its turn'),
});

export type Config = z.infer<typeof config>;
