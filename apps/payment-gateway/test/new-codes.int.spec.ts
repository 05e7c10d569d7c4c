import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock, until } from '@scantill/testing';
import { failure, FakeAlipay } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';
import { asks, Outside } from './told.js';

describe('one live payment per order', () => {
  const clock = new FixedClock();
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateways: readonly [TestGateway, TestGateway];

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateways = [await new TestGateway(alipay.url, clock).start(), await new TestGateway(alipay.url, clock).start()];
  });
  beforeEach(() => { alipay.script = () => undefined; });

  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  const deadline = () => new Date(clock.now().getTime() + 600_000);
  const newCode = (orderId: string, by = gateways[0]) => by.receive(asks.topic, [asks.newCode(orderId, deadline())]);
  const failed = async (orderId: string) => {
    alipay.script = ({ operation }) => (operation === 'pay' ? failure('RISK_REJECT') : undefined);
    await gateways[0].place([orderId]);
    const payment = await outside.status(orderId, 'failed');
    alipay.script = () => undefined;
    clock.forward(1_000);
    return payment;
  };
  const paysOf = async (orderId: string) => {
    const ids = new Set((await outside.payments(orderId)).map(({ id }) => id));
    return alipay.callsOf('pay').filter(({ id }) => ids.has(id));
  };

  it('is begun once, when fifty announcements of the order come at once through two instances', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => gateways[n % 2]!.place(['fifty'])));
    await outside.status('fifty', 'code-issued');
    expect(await outside.payments('fifty')).toHaveLength(1);
    expect((await paysOf('fifty')).length).toBe(1);
    expect(await outside.types('fifty')).toEqual(['payment.code-issued']);
  });

  it('stays the only one while its code can still be paid', async () => {
    await outside.withCode(gateways[0], 'live');
    await newCode('live');
    expect(await outside.payments('live')).toHaveLength(1);
    expect((await paysOf('live')).length).toBe(1);
  });

  it('stays the only one while it is being cancelled', async () => {
    await outside.withCode(gateways[0], 'cancelling');
    alipay.script = ({ operation }) => (operation === 'cancel' ? failure('SYSTEM_ERROR') : undefined);
    await gateways[0].receive(asks.topic, [asks.cancel('cancelling')]);
    await until('a cancel is made', async () => alipay.callsOf('cancel').length > 0);
    await newCode('cancelling');
    expect(await outside.payments('cancelling')).toMatchObject([{ status: 'cancelling' }]);
  });

  it('is followed by another one once it has ended, with a new id and a code of its own', async () => {
    const first = await failed('ended');
    await newCode('ended');
    const second = await outside.status('ended', 'code-issued');
    expect(second.id).not.toBe(first.id);
    expect((await outside.payments('ended')).map(({ status }) => status)).toEqual(['failed', 'code-issued']);
    const [before, after] = await paysOf('ended');
    expect(after?.body['order']).toEqual(before?.body['order']);
    expect(Date.parse(String(after?.body['paymentExpiryTime'])) - clock.now().getTime()).toBe(300_000);
  });

  it('is followed by one, when twenty ask for a new code at once through two instances', async () => {
    await failed('twenty');
    await Promise.all(Array.from({ length: 20 }, (_, n) => newCode('twenty', gateways[n % 2])));
    await outside.status('twenty', 'code-issued');
    expect((await outside.payments('twenty')).map(({ status }) => status).sort()).toEqual(['code-issued', 'failed']);
    expect((await paysOf('twenty')).length).toBe(2);
  });

  it('is not followed by another one once it was paid', async () => {
    await outside.paid(gateways[0], 'paid');
    await newCode('paid');
    expect(await outside.payments('paid')).toHaveLength(1);
  });

  it('ends unsent when its order has no time left', async () => {
    await failed('late');
    const before = alipay.calls.length;
    await gateways[0].receive(asks.topic, [asks.newCode('late', new Date(clock.now().getTime() - 1))]);
    expect((await outside.payments('late')).map(({ status }) => status)).toEqual(['failed', 'expired']);
    expect(alipay.calls.length).toBe(before);
  });

  it('cannot be two, whoever writes', async () => {
    await outside.withCode(gateways[0], 'index');
    const copy = (status: string, paidAt: string) => outside.database.query(
      `insert into payments (id, order_key, account_id, amount_minor, currency, bill, status, sequence, state, created_at, paid_at)
        select $1, order_key, account_id, amount_minor, currency, bill, '${status}', 0, state, created_at, ${paidAt} from payments where order_key = 'demo:index' limit 1`, [`${status.length}`.repeat(32).slice(0, 32)],
    );
    for (const status of ['requested', 'unknown', 'code-issued', 'cancelling']) await expect(copy(status, 'null')).rejects.toThrow(/payments_live/);
    await copy('failed', 'null');
  });
});
