import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

export const config = z.object({
  ...serviceConfig,
  RECONCILIATION_PORT: port.default(8084),
  RECONCILIATION_PRIVATE_PORT: port.default(9084),
  RECONCILIATION_DATABASE_URL: z.string().min(1),
  /** Alipay's files are kept here as they came. Instances share it. */
  RECONCILIATION_FILES_DIR: z.string().min(1),
});

export type Config = z.infer<typeof config>;
