import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

export const config = z.object({
  ...serviceConfig,
  NOTIFICATION_PORT: port.default(8083),
  NOTIFICATION_PRIVATE_PORT: port.default(9083),
  NOTIFICATION_DATABASE_URL: z.string().min(1),
  /** Event streams open on this instance at once. */
  NOTIFICATION_STREAMS_MAX: z.coerce.number().int().min(1).max(50_000).default(2_000),
});

export type Config = z.infer<typeof config>;
