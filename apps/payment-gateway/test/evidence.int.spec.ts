import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock, until } from '@scantill/testing';
import { alipayPaymentIdOf, FakeAlipay, notice, type Notice } from './fake-alipay.js';
import { AGENT_TOKEN, TestGateway } from './start-gateway.js';
import { asks, Outside } from './told.js';

const CUSTOMER = { pspName: 'AlipayCN', pspCustomerId: '2088secret', displayCustomerId: '150****1234' };
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

interface Kept {
  readonly id: bigint;
  readonly partition: string;
  readonly operation: string;
  readonly verdict: string;
  readonly headers: Record<string, string>;
  readonly request: string;
  readonly request_sha256: Buffer;
  readonly response: string;
  readonly response_sha256: Buffer;
  readonly sealed_partition: string;
  readonly sealed_request: string;
  readonly sealed_response: string;
}

describe('the evidence of an order that was sold and partly given back', () => {
  const clock = new FixedClock();
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;
  let message: Notice;
  let kept: readonly Kept[];
  let id: string;

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
    id = await outside.withCode(gateway, 'evidence');
    alipay.found.set(id, { paymentStatus: 'SUCCESS', paymentAmount: { currency: 'USD', value: '1099' }, paymentTime: clock.now().toISOString(), pspCustomerInfo: CUSTOMER });
    clock.forward(5_000);
    await outside.status('evidence', 'succeeded');
    message = await notice(id, { pspCustomerInfo: CUSTOMER });
    await gateway.notify(message.body, message.headers);
    await gateway.receive(asks.topic, [asks.refund('evidence', id, { key: 'r1', minor: 400n })]);
    await until('it is given back', async () => (await outside.refunds('evidence'))[0]?.status === 'succeeded');
    kept = await outside.database.query<Kept>(`select e.id, e.tableoid::regclass::text as partition, e.operation, e.verdict, e.headers, e.request, e.request_sha256, e.response, e.response_sha256,
      b.tableoid::regclass::text as sealed_partition, b.request as sealed_request, b.response as sealed_response
      from exchanges e join exchange_bodies b on b.exchange_id = e.id and b.at = e.at where e.payment_id = $1 order by e.id`, [id]);
  });

  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  /** The bytes that went over the wire, both ways. */
  function rawOf(operation: string): { request: Buffer; response: Buffer | undefined } {
    if (operation === 'notifyPayment') return { request: Buffer.from(message.body), response: undefined };
    const call = alipay.calls.find((each) => each.operation === operation && (each.id === id || each.body['paymentId'] === alipayPaymentIdOf(id)));
    return { request: call?.request ?? Buffer.alloc(0), response: call?.response };
  }

  it('has every exchange, both ways, with what was made of it', () => {
    expect(kept.map(({ operation, verdict }) => [operation, verdict])).toEqual([['pay', 'S SUCCESS'], ['inquiryPayment', 'S SUCCESS'], ['notifyPayment', 'repeated'], ['refund', 'S SUCCESS']]);
  });

  it('has the hash of the very bytes, and the bytes themselves for whoever holds the key', () => {
    for (const { operation, ...each } of kept) {
      const { request, response } = rawOf(operation);
      expect(request.length).toBeGreaterThan(0);
      expect([operation, each.request_sha256.toString('hex')]).toEqual([operation, sha256(request)]);
      expect(gateway.secrets.openBytes(each.sealed_request)).toEqual(request);
      const opened = gateway.secrets.openBytes(each.sealed_response);
      expect(each.response_sha256.toString('hex')).toBe(sha256(opened));
      if (response !== undefined) expect(opened).toEqual(response);
    }
  });

  it('has signatures and times beside them, so that a dispute can be checked', () => {
    for (const { headers } of kept) expect(headers).toMatchObject({ signature: expect.stringContaining('signature='), 'request-time': expect.any(String) });
  });

  it('lies in the partition of its day', () => {
    const day = clock.now().toISOString().slice(0, 10).replaceAll('-', '');
    for (const { partition, sealed_partition: sealed } of kept) expect([partition, sealed]).toEqual([`exchanges_${day}`, `exchange_bodies_${day}`]);
  });

  it('shows neither who paid nor what we are let in with, wherever one looks', async () => {
    expect(kept.find(({ operation }) => operation === 'inquiryPayment')?.response).toContain('AlipayCN');
    expect(kept.find(({ operation }) => operation === 'notifyPayment')?.request).toContain('"pspCustomerId":"***"');
    const tables = await outside.database.query<{ name: string }>(`select oid::regclass::text as name from pg_class where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`);
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      for (const secret of [CUSTOMER.pspCustomerId, CUSTOMER.displayCustomerId, AGENT_TOKEN]) {
        expect([name, secret, await outside.database.count(`${name} t where t::text like $1`, [`%${secret}%`])]).toEqual([name, secret, 0]);
      }
    }
    expect(JSON.stringify(gateway.complaints)).not.toContain(AGENT_TOKEN);
  });

  it('is opened by no other key', () => {
    const { sealed_request: sealed = '' } = kept[0] ?? {};
    const [version, iv, tag, body = ''] = sealed.split(':');
    const changed = `${body.startsWith('A') ? 'B' : 'A'}${body.slice(1)}`;
    expect(() => gateway.secrets.openBytes([version, iv, tag, changed].join(':'))).toThrow();
  });
});
