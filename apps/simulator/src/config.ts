import { z } from 'zod';

/** Alipay's ids end up in file names and URLs. */
export const alipayId = z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'letters, digits and underscores only');

export const config = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8085).describe("Alipay's API, the wallets' page and the control surface"),
  SIMULATOR_PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')).describe('What the QR codes carry; a phone must be able to reach it'),
  SIMULATOR_CLIENT_ID: alipayId.describe('The merchant at Alipay, in every call'),
  SIMULATOR_CUSTOMER_ID: alipayId.describe("The merchant in Alipay's files"),
  SIMULATOR_MERCHANT_PUBLIC_KEY_FILE: z.string().min(1).describe('PEM; checks what the gateway signs'),
  SIMULATOR_ALIPAY_PRIVATE_KEY_FILE: z.string().min(1).describe('PEM; signs answers and notifications'),
  SIMULATOR_ACCOUNTS_FILE: z.string().min(1).optional().describe('Further accounts beside that one, as JSON: client ids, key files, agent tokens, terms'),
  SIMULATOR_DATA_DIR: z.string().min(1).describe('Ledger and files'),
  SIMULATOR_SFTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8022).describe('SFTP server from which merchants fetch their files'),
  SIMULATOR_SFTP_USERS_FILE: z.string().min(1).optional().describe('Who may fetch whose files by SFTP, as JSON: users, passwords, public keys, customer ids; without it there is no SFTP server'),
  SIMULATOR_CONFIRM_AFTER_MS: z.coerce.number().int().min(0).max(3_600_000).optional().describe('Confirms every code by itself after so long; without it only people and scripts confirm'),
  SIMULATOR_RETRY_SCALE: z.coerce.number().positive().max(1_000_000).default(1).describe("How many times faster than Alipay's the clock of notification retries runs; CLOCK_SCALE speeds it up as well"),
  SIMULATOR_REFUND_WINDOW_DAYS: z.coerce.number().min(0).max(3_650).default(365).describe('How long after its payment a refund is taken, where an account says nothing else'),
  SIMULATOR_FAULTS_FILE: z.string().min(1).optional().describe('A plan of faults, as JSON; the control surface changes it'),
  SIMULATOR_FAULTS_SEED: z.coerce.number().int().min(0).max(4_294_967_295).optional().describe('Makes a plan of all faults from a seed; the same seed makes the same plan'),
  SIMULATOR_FAULTS_RATE: z.coerce.number().min(0).max(1).default(0.1).describe('The share of calls and notifications that go wrong in a plan made from a seed'),
  BIND_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the listener binds to'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least serious lines that are logged'),
  CLOCK_START: z.iso.datetime({ offset: true }).optional().describe('Business time at the start, RFC 3339 with offset'),
  CLOCK_SCALE: z.coerce.number().min(1).max(100_000).default(1).describe('How many times faster than real time business time runs'),
  CLOCK_SCALE_SINCE: z.iso.datetime({ offset: true }).optional().describe('Real time since when it does; the start of the process by default'),
});

export type Config = z.output<typeof config>;

/** @throws with every problem at once, one per line; values are not repeated, one of them may be a secret */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = config.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`The configuration cannot be used:\n${problemLines(parsed.error)}`);
}

/** Every problem, one per line, with the path to it. Values are not repeated, one of them may be a secret. */
export function problemLines(error: z.ZodError): string {
  return error.issues.map((issue) => `  ${issue.path.join('.') || '(all of it)'}: ${issue.message}`).join('\n');
}
