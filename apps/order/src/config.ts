import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

export const config = z.object({
  ...serviceConfig,
  ORDER_PORT: port.default(8081),
  ORDER_PRIVATE_PORT: port.default(9081),
  ORDER_DATABASE_URL: z.string().min(1),
  DIRECTORY_FILE: z.string().min(1),
});

export type Config = z.infer<typeof config>;
