import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from './bootstrap/problem.mjs';
import { seconds } from './bootstrap/progress.mjs';
import { EventStream } from './event-stream.ts';
import type { Demo } from './stack/demo.ts';
import { terminalQr } from './terminal-qr.ts';

/** Where the system is that shall prove itself, and with which key. */
export interface ProofTarget {
  readonly orderUrl: string;
  readonly notificationUrl: string;
  readonly reconciliationUrl: string;
  readonly simulatorUrl: string;
  readonly key: string;
  readonly storeId: string;
  readonly tillId: string;
}

/** The first till of the running demo. */
export function demoTarget(demo: Demo): ProofTarget {
  const store = demo.stores[0];
  return {
    orderUrl: demo.order.url,
    notificationUrl: demo.notification.url,
    reconciliationUrl: demo.reconciliation.url,
    simulatorUrl: demo.simulator.url,
    key: demo.apiKeys.system.key,
    storeId: store?.id ?? '',
    tillId: store?.tills[0] ?? '',
  };
}

/** Each of the four things that must have happened is given this long. */
const STEP_WITHIN_MS = 20_000;
const POLL_MS = 100;

interface OrderAnswer {
  readonly status: string;
  readonly code: { readonly text: string; readonly expiresAt: string } | null;
}

/** Sells one order from the till's request to the books, printing each step. @throws a `Problem` at the first thing that does not happen */
export async function sellOneOrder(target: ProofTarget): Promise<void> {
  const orderId = `PROOF-${Date.now().toString(36).toUpperCase()}`;
  const startedAt = Date.now();
  const told = (what: string): void => void process.stdout.write(`  ${seconds(startedAt).padStart(7)}  ${what}\n`);
  process.stdout.write(`\nOne order as proof: ${orderId}, 2 x Latte, USD 10.99, at store ${target.storeId}\n`);

  await until('every service to know the key', () => isKnownEverywhere(target));
  const stream = await EventStream.open(`${target.notificationUrl}/v1/stores/${target.storeId}/events`, target.key);
  try {
    const code = await place(target, orderId);
    told(`order placed; its code is there`);
    process.stdout.write(`\n${terminalQr(code).map((line) => `    ${line}\n`).join('')}\n    ${code}\n\n`);

    await control(target, 'scan', code);
    told('customer scanned the code (simulated)');
    await control(target, 'confirm', code);
    told('customer confirmed in the wallet');

    await stream.next((event) => isPaid(event.type, event.data, orderId), STEP_WITHIN_MS);
    told('till was told: order.paid');
  } finally {
    stream.close();
  }
  await until('the order to be paid', async () => (await get<OrderAnswer>(target, `${target.orderUrl}/v1/orders/${orderId}`)).status === 'paid');
  told('order is paid');
  await until('the expectation', async () => holdsSomething(await get<unknown>(target, `${target.reconciliationUrl}/v1/orders/${orderId}/expectations`)));
  told("reconciliation expects it in Alipay's file");
}

/** Keys reach the services as events of the directory, a moment after the first start. */
async function isKnownEverywhere({ orderUrl, notificationUrl, reconciliationUrl, key }: ProofTarget): Promise<boolean> {
  const urls = [`${orderUrl}/v1/orders/none`, `${notificationUrl}/v1/orders/none/told`, `${reconciliationUrl}/v1/orders/none/expectations`];
  const answers = await Promise.all(urls.map((url) => fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(STEP_WITHIN_MS) })));
  return answers.every(({ status }) => status !== 401);
}

async function place(target: ProofTarget, orderId: string): Promise<string> {
  const order = { orderId, storeId: target.storeId, tillId: target.tillId, amount: { currency: 'USD', minor: '1099' }, description: '2 x Latte' };
  const url = `${target.orderUrl}/v1/orders`;
  const answer = await request<OrderAnswer>(target, `${url}?wait=code&waitSeconds=10`, order);
  if (answer.code !== null) return answer.code.text;
  // Answered without a code (202): the system has only just started.
  let code: string | undefined;
  await until('the code', async () => {
    code = (await get<OrderAnswer>(target, `${url}/${orderId}`)).code?.text;
    return code !== undefined;
  });
  return code ?? '';
}

async function control(target: ProofTarget, action: 'scan' | 'confirm', code: string): Promise<void> {
  await request(target, `${target.simulatorUrl}/control/${action}`, { code });
}

/** The stream may name the type in its own field or inside the envelope. */
function isPaid(type: string, data: string, orderId: string): boolean {
  return data.includes(`"${orderId}"`) && (type === 'order.paid' || data.includes('"order.paid"'));
}

function holdsSomething(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer.length > 0;
  return typeof answer === 'object' && answer !== null && Object.values(answer).some((value) => Array.isArray(value) && value.length > 0);
}

async function until(what: string, happened: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + STEP_WITHIN_MS;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Problem(`Waited ${STEP_WITHIN_MS / 1000} s for ${what}, in vain.`);
    await wait(POLL_MS);
  }
}

function get<T>(target: ProofTarget, url: string): Promise<T> {
  return request<T>(target, url);
}

async function request<T>({ key }: ProofTarget, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(STEP_WITHIN_MS),
  });
  const text = await response.text();
  // Not there yet: each service learns of an order in its own time.
  if (response.status === 404 && body === undefined) return {} as T;
  if (!response.ok) throw new Problem(`${url} answered ${response.status}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}
