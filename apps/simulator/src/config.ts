import { z } from 'zod';

/** Alipay's ids end up in file names and URLs. */
const alipayId = z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'letters, digits and underscores only');

const environment = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8085),
  /** What the QR codes carry; a phone must be able to reach it. */
  SIMULATOR_PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  SIMULATOR_CLIENT_ID: alipayId,
  SIMULATOR_CUSTOMER_ID: alipayId,
  SIMULATOR_MERCHANT_PUBLIC_KEY_FILE: z.string().min(1),
  SIMULATOR_ALIPAY_PRIVATE_KEY_FILE: z.string().min(1),
  SIMULATOR_DATA_DIR: z.string().min(1),
  /** Confirms every code by itself after so long; without it only people and scripts confirm. */
  SIMULATOR_CONFIRM_AFTER_MS: z.coerce.number().int().min(0).max(3_600_000).optional(),
  /** How many times faster than Alipay's the clock of notification retries runs. CLOCK_SCALE speeds it up as well. */
  SIMULATOR_RETRY_SCALE: z.coerce.number().positive().max(1_000_000).default(1),
  BIND_HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Business time: where it starts (ISO 8601) and how many times faster than real time it runs. */
  CLOCK_START: z.iso.datetime({ offset: true }).optional(),
  CLOCK_SCALE: z.coerce.number().min(1).max(100_000).default(1),
});

export type Config = z.output<typeof environment>;

/** @throws with every problem at once, one per line; values are not repeated, one of them may be a secret */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The configuration cannot be used:\n${problems.join('\n')}`);
}
