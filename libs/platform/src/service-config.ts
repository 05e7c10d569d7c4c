import { z } from 'zod';

/** What every service reads. Addresses and secrets have no default; tuning has, with its unit in the name. */
export const serviceConfig = {
  KAFKA_BROKERS: z.string().min(1).transform((list) => list.split(',')).describe('host:port of the brokers, separated by commas'),
  DIRECTORY_KEY_FILE: z.string().min(1).describe('Keys that encrypt the secrets of the directory, in the database and in events'),
  BIND_HOST: z.string().default('127.0.0.1').describe('Address that the listeners bind to'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least serious lines that are logged'),
  SCANTILL_ENV: z.enum(['development', 'production']).default('production').describe('Only in development can the clock be set'),
  CLOCK_START: z.iso.datetime({ offset: true }).optional().describe('Business time at the start, RFC 3339 with offset'),
  CLOCK_SCALE: z.coerce.number().min(1).max(100_000).optional().describe('How many times faster than real time business time runs'),
  CLOCK_SCALE_SINCE: z.iso.datetime({ offset: true }).optional().describe('Real time since when it does; the start of each process by default, and then their clocks differ'),
  DATABASE_POOL_MAX: z.coerce.number().int().min(2).max(100).default(8).describe('Connections to the database'),
};

export const port = z.coerce.number().int().min(0).max(65_535);
