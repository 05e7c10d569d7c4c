import { port, serviceConfig } from '@scantill/platform';
import { z } from 'zod';

export const config = z.object({
  ...serviceConfig,
  RECONCILIATION_PORT: port.default(8084).describe('Public API'),
  RECONCILIATION_PRIVATE_PORT: port.default(9084).describe('Metrics, health and operator routes'),
  RECONCILIATION_DATABASE_URL: z.string().min(1).describe('postgresql://… of its own database, with its own login role'),
  RECONCILIATION_FILES_DIR: z.string().min(1).describe("Alipay's files are kept here as they came; instances share it"),
  RECONCILIATION_SOURCES_FILE: z.string().min(1).optional().describe('SFTP servers and folders that files come from by themselves, as JSON; without it files are only uploaded'),
});

export type Config = z.infer<typeof config>;
