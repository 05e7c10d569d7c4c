import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TIMELINE_ENTRIES_MAX } from '@scantill/contracts';
import { TestChain } from '@scantill/testing';
import { GatewayReports, usd } from './gateway-reports.js';
import { TestOrder } from './start-order.js';

const NONE: RequestListener = (_request, reply) => reply.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ code: 'order.not-found' }));

const LATE = 'did not answer in time';
const ATTEMPTS_MAX = 5;

describe('the time line of an order', () => {
  const mine = new TestChain('mine');
  const till = mine.key(['orders', 'refunds', 'refund-any-store']);
  const theirs = new TestChain('theirs');
  const stranger = theirs.key(['orders']);
  const answers = { 'payment-gateway': NONE, notification: NONE, reconciliation: NONE };
  const servers: Server[] = [];
  let order: TestOrder;
  let gateway: GatewayReports;

  beforeAll(async () => {
    const [payments, notification, reconciliation] = await Promise.all((['payment-gateway', 'notification', 'reconciliation'] as const).map(async (service) => {
      const server = createServer((request, reply) => answers[service](request, reply));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }));
    order = await TestOrder.start({ chains: [mine, theirs], keys: [till, stranger], env: { PAYMENT_GATEWAY_URL: payments, NOTIFICATION_URL: notification, RECONCILIATION_URL: reconciliation } });
    gateway = new GatewayReports(order, mine);
  });

  afterAll(async () => {
    await order.stop();
    for (const server of servers) server.close().closeAllConnections();
  });

  afterEach(() => { Object.assign(answers, { 'payment-gateway': NONE, notification: NONE, reconciliation: NONE }); });

  const ask = (orderId: string, by = till) => order.ask('GET', `/v1/orders/${orderId}/timeline`, by);
  /** On a busy machine a service may once take longer than anybody waits for it, but not every time. */
  const timeline = async (orderId: string, by = till): ReturnType<typeof ask> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask(orderId, by);
      if (attempt === ATTEMPTS_MAX || !JSON.stringify(answer.body['missing'])?.includes(LATE)) return answer;
    }
  };
  const answering = (body: unknown, status = 200): RequestListener => (_request, reply) => reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const part = (orderId: string, ...entries: unknown[]) => ({ chainId: 'mine', orderId, entries });
  const entry = (service: string, at: string, kind: string) => ({ at, service, kind, detail: {} });
  const kinds = (body: Record<string, unknown>) => (body['entries'] as { kind: string }[]).map(({ kind }) => kind);

  it('tells our part from the row: what was bought, tried, paid and given back', async () => {
    await gateway.paidOrder('own', till);
    await order.ask('POST', '/v1/orders/own/refunds', till, { amount: usd('400') }, { 'idempotency-key': 'r1' });
    await gateway.refundFailed('own', 'r1', '400');
    const { status, body } = await timeline('own');
    expect(status).toBe(200);
    expect(body).toMatchObject({ chainId: 'mine', orderId: 'own', missing: [] });
    expect(kinds(body).sort()).toEqual(['order.paid', 'order.placed', 'order.refund-failed', 'order.refund-requested']);
    expect(body['entries']).toContainEqual(expect.objectContaining({ service: 'order', kind: 'order.refund-failed', detail: { refundKey: 'r1', amount: usd('400'), problem: 'refund.not-supported', resultCode: 'REFUND_NOT_SUPPORTED' } }));
  });

  it("merges the others' parts by time, asked in the caller's own name", async () => {
    await gateway.paidOrder('merged', till);
    let asked: unknown;
    answers['payment-gateway'] = (request, reply) => {
      asked = [request.method, request.url, request.headers.authorization];
      answering(part('merged', entry('payment-gateway', '2000-01-01T00:00:00Z', 'pay'), entry('payment-gateway', '2100-01-01T00:00:00Z', 'inquiryPayment')))(request, reply);
    };
    answers.reconciliation = answering(part('merged', entry('reconciliation', '2100-01-01T07:30:00+08:00', 'expectation.opened')));
    const { body } = await timeline('merged');
    expect(asked).toEqual(['GET', '/v1/orders/merged/timeline', `Bearer ${till.text}`]);
    expect(kinds(body)[0]).toBe('pay');
    expect(kinds(body).slice(-2)).toEqual(['expectation.opened', 'inquiryPayment']);
    expect(body['missing']).toEqual([]);
  });

  it.each<[string, RequestListener, string]>([
    ['does not answer in time', () => undefined, LATE],
    ['hangs in the middle of its answer', (_request, reply) => void reply.writeHead(200).write('{"chainId":'), LATE],
    ['hangs up', (request) => request.socket.destroy(), 'could not be reached'],
    ['fails', answering({ code: 'service.defect', detail: 'password=1' }, 500), 'answered 500'],
    ['does not know the address', answering({ code: 'request.not-found' }, 404), 'answered 404'],
    ['refuses the caller', answering({ code: 'auth.forbidden' }, 403), 'answered 403'],
    ['sends the caller elsewhere', (_request, reply) => void reply.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), 'could not be reached'],
    ['answers something else', answering({ entries: 'none' }), 'its answer does not have the agreed form'],
    ['answers what is not JSON', (_request, reply) => void reply.writeHead(200).end('<html>'), 'its answer does not have the agreed form'],
    ['answers for another order', answering(part('another')), 'its answer does not have the agreed form'],
    ['speaks for another service', answering(part('whole', entry('order', '2026-01-01T00:00:00Z', 'order.paid'))), 'its answer speaks for another service'],
  ])('names a part whose service %s', async (_what, listener, reason) => {
    await gateway.paidOrder('whole', till);
    answers['payment-gateway'] = listener;
    const startedAtMs = Date.now();
    const { status, body } = await timeline('whole');
    // The others are given 0.8 s; whoever waited for one that hangs would wait for ever.
    expect(Date.now() - startedAtMs).toBeLessThan(ATTEMPTS_MAX * 5_000);
    expect(status).toBe(200);
    expect(body['missing']).toEqual([{ service: 'payment-gateway', reason }]);
    expect(kinds(body)).toContain('order.placed');
  });

  it('names a part whose service answers without an end', async () => {
    await gateway.paidOrder('endless', till);
    answers['payment-gateway'] = (_request, reply) => void reply.writeHead(200).end(Buffer.alloc(5 * 1024 * 1024, ' '));
    expect((await timeline('endless')).body['missing']).toEqual([{ service: 'payment-gateway', reason: 'its answer is too large' }]);
  });

  it('shows of a part no more than a bound', async () => {
    await gateway.paidOrder('long', till);
    answers.notification = answering(part('long', ...Array.from({ length: TIMELINE_ENTRIES_MAX + 1 }, () => entry('notification', '2026-11-25T00:00:00Z', 'webhook.tried'))));
    const { body } = await timeline('long');
    expect(kinds(body).filter((kind) => kind === 'webhook.tried')).toHaveLength(TIMELINE_ENTRIES_MAX);
    expect(body['missing']).toEqual([{ service: 'notification', reason: `only its first ${TIMELINE_ENTRIES_MAX} entries are shown` }]);
  });

  it('is for those who may see the order', async () => {
    await gateway.paidOrder('private', till);
    expect(await timeline('private', stranger)).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
    expect(await timeline('never')).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
  });
});
