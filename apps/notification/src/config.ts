import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

export const config = z.object({
  ...serviceConfig,
  NOTIFICATION_PORT: port.default(8083).describe('Public API and event streams'),
  NOTIFICATION_PRIVATE_PORT: port.default(9083).describe('Metrics, health and operator routes'),
  NOTIFICATION_DATABASE_URL: z.string().min(1).describe('postgresql://… of its own database, with its own login role'),
  NOTIFICATION_STREAMS_MAX: z.coerce.number().int().min(1).max(50_000).default(2_000).describe('Event streams open on this instance at once'),
});

export type Config = z.infer<typeof config>;
