import type { Operation } from '@scantill/alipay';
import { demo } from './config.js';
import { eventually } from './eventually.js';
import { askFor } from './http.js';
import type { CodeTreated } from './treatments.js';

export interface FaultRule {
  readonly operation: Operation | 'notifyPayment';
  readonly paymentRequestId?: string;
  readonly nth?: number;
  readonly times?: number;
  readonly fault: string | { readonly kind: string; readonly [particular: string]: unknown };
}

const faults = `${demo.simulator.url}/control/faults`;

/** What goes wrong at Alipay from now on, instead of what did so far. */
export async function plan(rules: readonly FaultRule[]): Promise<void> {
  await askFor(faults, { method: 'PUT', body: { rules } });
}

export async function noFaults(): Promise<void> {
  await askFor(faults, { method: 'DELETE' });
}

/** Once every rule of the plan has struck a call. */
export async function allStruck(): Promise<void> {
  await eventually('every planned fault to happen', async () => (await askFor<{ rules: readonly { struck: number }[] }>(faults)).rules.every(({ struck }) => struck > 0));
}

/** Alipay's answer with this code: signed, and without any effect. */
export function answering({ code, status }: Pick<CodeTreated, 'code' | 'status'>): FaultRule['fault'] {
  return { kind: 'answer', resultStatus: status, resultCode: code };
}
