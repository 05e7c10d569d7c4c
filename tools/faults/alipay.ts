import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../bootstrap/problem.mjs';
import type { Demo } from '../stack/demo.ts';

/** A rule of the simulator's plan of faults. */
export interface Rule {
  readonly operation: 'pay' | 'inquiryPayment' | 'cancel' | 'refund' | 'inquiryRefund' | 'notifyPayment';
  readonly share?: number;
  readonly paymentRequestId?: string;
  readonly fault: string | Readonly<Record<string, unknown>>;
}

export const outageModes = ['refuse', 'black-hole', 'http-5xx'] as const;
export type OutageMode = (typeof outageModes)[number];

/** A payment as Alipay has it; values are in the smallest unit, as text. */
export interface AlipayPayment {
  readonly referenceOrderId: string | null;
  readonly paymentRequestId: string;
  readonly paymentId: string;
  readonly status: 'PROCESSING' | 'SUCCESS' | 'FAIL' | 'CANCELLED';
  readonly amount: { readonly currency: string; readonly value: string };
  readonly paidAt: string | null;
  readonly refunded: string;
  readonly refunds: readonly { readonly refundRequestId: string; readonly refundId: string; readonly value: string; readonly status: string }[];
}

const ANSWER_WITHIN_MS = 30_000;
const LEDGER_PAGE = 5_000;
/** The code is not open: it was paid, or it ended. */
const NOT_OPEN = 409;
/** A busy simulator may reset a connection that was kept too long. */
const TRIES = 3;
const AGAIN_MS = 300;

/** Alipay and its customers, as far as scripts may tell them what to do. */
export class Alipay {
  private readonly demo: Demo;
  private readonly key: KeyObject;

  constructor(demo: Demo) {
    this.demo = demo;
    this.key = createPrivateKey(readFileSync(demo.simulator.alipayPrivateKeyFile, 'utf8'));
  }

  /** Replaces what was planned before. */
  async plan(rules: readonly Rule[], seed = 0): Promise<void> {
    await this.control('PUT', 'faults', { seed, rules });
  }

  /** Nothing goes wrong from now on. */
  async mend(): Promise<void> {
    await this.control('DELETE', 'faults');
    await this.control('DELETE', 'outage');
  }

  async beginOutage(mode: OutageMode): Promise<void> {
    await this.control('POST', 'outage', { mode });
  }

  /** @returns how many calls met an outage of this kind since the simulator was started */
  async endOutage(mode: OutageMode): Promise<number> {
    const { metBy } = await this.control<{ metBy: Record<OutageMode, number> }>('DELETE', 'outage');
    return metBy[mode];
  }

  /** The customer confirms in the wallet. @returns false when the code was not open any more */
  async confirm(of: { readonly paymentRequestId: string } | { readonly code: string }): Promise<boolean> {
    return (await this.send('POST', 'confirm', of)).status !== NOT_OPEN;
  }

  /** All payments of orders whose id begins so, in order of issue. */
  async payments(prefix: string): Promise<AlipayPayment[]> {
    const found: AlipayPayment[] = [];
    for (let cursor: number | null = 0; cursor !== null; ) {
      const page: { payments: AlipayPayment[]; next: number | null } = await this.control('GET', `ledger?cursor=${cursor}&limit=${LEDGER_PAGE}`);
      found.push(...page.payments.filter(({ referenceOrderId }) => referenceOrderId?.startsWith(`${this.demo.chain.id}_${prefix}`)));
      cursor = page.next;
    }
    return found;
  }

  /** Says, signed with Alipay's key, that the customer could not pay: what the ledger says stays as it is. */
  async announceFailure({ paymentRequestId, paymentId, amount }: AlipayPayment): Promise<void> {
    const door = new URL(this.demo.gateway.notifyUrl);
    const { clientId } = this.demo.simulator;
    const result = { resultStatus: 'F', resultCode: 'USER_BALANCE_NOT_ENOUGH', resultMessage: 'not enough money' };
    const body = JSON.stringify({ notifyType: 'PAYMENT_RESULT', result, paymentRequestId, paymentId, paymentAmount: amount });
    const time = new Date().toISOString();
    const signed = sign('sha256', Buffer.from(`POST ${door.pathname}${door.search}\n${clientId}.${time}.${body}`), this.key).toString('base64');
    const signature = `algorithm=RSA256,keyVersion=1,signature=${encodeURIComponent(signed)}`;
    const headers = { 'content-type': 'application/json', 'client-id': clientId, 'request-time': time, signature };
    const response = await fetch(door, { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!response.ok) throw new Problem(`the notification door answered ${response.status}: ${await response.text()}`);
  }

  private async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    return JSON.parse((await this.send(method, path, body)).text) as T;
  }

  private async send(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }> {
    for (let nth = 1; ; nth += 1) {
      try {
        const response = await fetch(`${this.demo.simulator.url}/control/${path}`, {
          method, signal: AbortSignal.timeout(ANSWER_WITHIN_MS), ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (response.ok || response.status === NOT_OPEN) return { status: response.status, text };
        throw new Problem(`${method} /control/${path} answered ${response.status}: ${text}`);
      } catch (error) {
        if (error instanceof Problem || nth >= TRIES) throw error;
        await wait(AGAIN_MS);
      }
    }
  }
}
