import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '@scantill/alipay';
import type { TimelineView } from '@scantill/contracts';
import { demo, stack } from './config.js';
import { eventually } from './eventually.js';
import { askFor } from './http.js';

/** A call to Alipay, as the gateway has kept it. */
export interface KeptCall {
  readonly operation: Operation;
  readonly paymentId: string;
  readonly verdict: string;
  readonly request: Readonly<Record<string, unknown>>;
}

const OPERATIONS: ReadonlySet<string> = new Set<Operation>(['pay', 'inquiryPayment', 'cancel', 'refund', 'inquiryRefund']);

/** Once every service has told its part: each has a moment for it, and is named as missing when that is over. */
export function timelineOf(orderId: string): Promise<TimelineView> {
  return eventually(`the whole time line of ${orderId}`, async () => {
    const view = await askFor<TimelineView>(`${demo.order.url}/v1/orders/${orderId}/timeline`, { key: demo.apiKeys.system.key });
    return view.missing.length === 0 && view;
  });
}

/** What Alipay was asked about an order, and what it said, oldest first. */
export async function callsOf(orderId: string, ...operations: readonly Operation[]): Promise<readonly KeptCall[]> {
  const { entries } = await timelineOf(orderId);
  const calls = entries.filter(({ service, kind }) => service === 'payment-gateway' && OPERATIONS.has(kind)).map(({ kind, detail }): KeptCall => ({
    operation: kind as Operation, paymentId: String(detail['paymentId']), verdict: String(detail['verdict']), request: JSON.parse(String(detail['request'])) as Record<string, unknown>,
  }));
  return operations.length === 0 ? calls : calls.filter(({ operation }) => operations.includes(operation));
}

export async function verdictsOf(orderId: string, operation: Operation): Promise<readonly string[]> {
  return (await callsOf(orderId, operation)).map(({ verdict }) => verdict);
}

interface LogLine {
  readonly level: string;
  readonly paymentId?: string;
  readonly operation?: string;
  readonly result?: string;
  readonly accountId?: string;
  readonly msg: string;
}

/** What the gateway has complained of about a payment, for people who watch it. */
export function errorsAbout(paymentId: string): readonly LogLine[] {
  const file = join(stack.dataDir, 'logs', 'payment-gateway.log');
  if (!existsSync(file)) throw new Error(`the gateway's log is not at ${file}`);
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line.startsWith('{"level":"error"'));
  return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.paymentId === paymentId);
}
