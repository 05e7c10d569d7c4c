import { readFileSync } from 'node:fs';

/** The system that the stories are told against, in the words of its `demo.json`. */
export interface Demo {
  readonly order: { readonly url: string };
  readonly gateway: { readonly notifyUrl: string };
  readonly notification: { readonly url: string };
  readonly reconciliation: { readonly url: string };
  readonly simulator: { readonly url: string; readonly clientId: string; readonly alipayPrivateKeyFile: string };
  readonly accounts: readonly { readonly accountId: string; readonly clientId: string; readonly customerId: string; readonly currency: string; readonly settlementCurrency: string }[];
  readonly kafka: { readonly brokers: readonly string[] };
  readonly chain: { readonly id: string };
  readonly stores: readonly { readonly id: string; readonly tills: readonly string[] }[];
  readonly apiKeys: Readonly<Record<'system' | 'finance-1', { readonly key: string }>>;
}

/** What its `stack.json` says besides. */
export interface StackDescription {
  /** Holds the services' logs, among others. */
  readonly dataDir: string;
  readonly ports: { readonly PAYMENT_GATEWAY_PRIVATE_PORT: number };
}

export const demoFile = named('SCANTILL_TEST_DEMO_FILE');
export const demo = JSON.parse(readFileSync(demoFile, 'utf8')) as Demo;
export const stack = JSON.parse(readFileSync(named('SCANTILL_TEST_STACK_FILE'), 'utf8')) as StackDescription;
export const searchPath = process.env['PATH'] ?? '';
export const chromiumPath = process.env['CHROMIUM_PATH'] || undefined;
export const javaHome = process.env['JAVA_HOME'] || undefined;

function named(variable: string): string {
  const file = process.env[variable];
  if (file === undefined || file === '') throw new Error(`${variable} is not set: these tests run against a whole running system, which npm test starts`);
  return file;
}
