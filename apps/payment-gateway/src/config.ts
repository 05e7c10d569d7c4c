import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

export const config = z.object({
  ...serviceConfig,
  PAYMENT_GATEWAY_PORT: port.default(8082),
  PAYMENT_GATEWAY_NOTIFY_PORT: port.default(8092),
  PAYMENT_GATEWAY_PRIVATE_PORT: port.default(9082),
  PAYMENT_GATEWAY_DATABASE_URL: z.string().min(1),
  PAYMENT_GATEWAY_ACCOUNTS_FILE: z.string().min(1),
  /** The address Alipay is given; a proxy may rewrite its path before it reaches us. */
  PAYMENT_GATEWAY_NOTIFY_URL: z.url({ protocol: /^https?$/ }),
  ALIPAY_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
  ALIPAY_CONNECTIONS: z.coerce.number().int().min(1).max(1_000).default(64),
  ALIPAY_INQUIRIES_PER_SECOND: z.coerce.number().min(1).max(1_000).default(20),
});

export type Config = z.infer<typeof config>;
