import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { payRequest, TestSimulator } from '../../test/start-simulator.js';

const simulator = new TestSimulator();
beforeAll(() => simulator.start());
afterAll(() => simulator.remove());

let ids = 0;
async function open(path: string, init: RequestInit = {}) {
  const response = await fetch(simulator.url + path, { redirect: 'manual', ...init });
  return { status: response.status, headers: response.headers, html: await response.text() };
}
async function issue(changes: Parameters<typeof payRequest>[0] | object = {}): Promise<string> {
  const { code } = await simulator.issue(payRequest({ id: `PR_${(ids += 1)}`, ...changes }));
  return new URL(code).pathname;
}
const form = (wallet: string) => ({ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `wallet=${wallet}` });

describe('the page behind a code', () => {
  it('shows the order and the price in the wallet’s currency, with the merchant’s text made harmless', async () => {
    const { status, html, headers } = await open(await issue());
    expect(status).toBe(200);
    for (const part of ['<h1 id="merchant">Demo &#38; Co</h1>', '<p id="store">Demo Pier 1</p>', 'Latte &#60;large&#62;', 'id="confirm"', 'id="decline"', 'data-state="open"', '$10.99', '78.24']) expect(html).toContain(part);
    expect(html).not.toContain('<large>');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('changes nothing by being opened or closed', async () => {
    const path = await issue();
    await open(path);
    expect((await open(path)).html).toContain('data-state="open"');
  });

  it('remembers the wallet that was chosen', async () => {
    const path = await issue();
    const chosen = await open(`${path}?wallet=kakaopay`);
    expect(chosen.html).toContain('15,633');
    const cookie = String(chosen.headers.get('set-cookie')).split(';')[0] ?? '';
    expect((await open(path, { headers: { cookie } })).html).toContain('<strong>Kakao Pay</strong>');
    expect((await open(`${path}?wallet=../x`)).html).toContain('<strong>Alipay</strong>');
  });

  it('pays on Confirm, once, and says so', async () => {
    const path = await issue();
    expect(await open(`${path}/confirm`, form('gcash'))).toMatchObject({ status: 303 });
    await open(`${path}/confirm`, form('kakaopay'));
    const { html } = await open(path);
    expect(html).toContain('data-state="paid"');
    expect(html).toContain('with GCash');
    expect(html).not.toContain('id="confirm"');
  });

  it('fails the payment on Decline', async () => {
    const path = await issue();
    await open(`${path}/decline`, form('gcash'));
    expect((await open(path)).html).toContain('data-state="declined"');
    await open(`${path}/confirm`, form('gcash'));
    expect((await open(path)).html).toContain('data-state="declined"');
  });

  it('says what else may have become of the code', async () => {
    const cancelled = await issue();
    await simulator.client.cancel({ paymentRequestId: `PR_${ids}` });
    expect((await open(cancelled)).html).toContain('data-state="cancelled"');
    expect(await open('/2800000000000000000')).toMatchObject({ status: 404, html: expect.stringContaining('data-state="unknown"') });
  });
});

describe('the picture of a code', () => {
  it('is a PNG', async () => {
    const path = await issue();
    const response = await fetch(`${simulator.url}/qr${path}_s.png`);
    expect([response.status, Buffer.from(await response.arrayBuffer()).toString('latin1', 1, 4)]).toEqual([200, 'PNG']);
    expect((await fetch(`${simulator.url}/qr${path}_x.png`)).status).toBe(404);
    expect((await fetch(`${simulator.url}/qr/2800000000000000000_s.png`)).status).toBe(404);
  });
});

it('the control surface explains itself', async () => {
  expect((await open('/control')).html).toContain('POST /control/close-day');
  expect((await open('/health/ready')).status).toBe(200);
});
