import { z } from 'zod';

/** What every service reads. Addresses and secrets have no default; tuning has, with its unit in the name. */
export const serviceConfig = {
  KAFKA_BROKERS: z.string().min(1).transform((list) => list.split(',')),
  DIRECTORY_KEY_FILE: z.string().min(1),
  BIND_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  SCANTILL_ENV: z.enum(['development', 'production']).default('production'),
  CLOCK_START: z.iso.datetime({ offset: true }).optional(),
  CLOCK_SCALE: z.coerce.number().min(1).max(100_000).optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(2).max(100).default(8),
};

export const port = z.coerce.number().int().min(0).max(65_535);
