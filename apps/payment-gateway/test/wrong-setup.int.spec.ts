import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock } from '@scantill/testing';
import { FakeAlipay } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';
import { Outside } from './told.js';

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('a gateway that was set up wrongly', () => {
  const clock = new FixedClock();
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  const start = async (merchantKey?: typeof stranger.privateKey) => { gateway = await new TestGateway(alipay.url, clock, merchantKey).start(); };

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
  });

  afterAll(async () => {
    await alipay.stop();
    await outside.close();
  });

  it('hears at the first answer that Alipay does not know its key, fails the payment and names the account', async () => {
    await start(stranger.privateKey);
    try {
      await gateway.place(['key']);
      const { id } = await outside.status('key', 'failed');
      expect((await outside.events('key')).at(-1)).toMatchObject({ type: 'payment.failed', data: { resultCode: 'SIGNATURE_INVALID', byCustomer: false } });
      expect(gateway.complaints).toEqual([{
        accountId: 'usd', paymentId: id, operation: 'pay', result: 'F SIGNATURE_INVALID', message: 'Alipay refuses us: keys, contract or request of this account must be mended',
      }]);
    } finally {
      await gateway.stop();
    }
  });

  it.each([['behind', 600_000], ['ahead', -600_000]])("hears at the first answer that its clock is %s, and goes on with Alipay's word", async (_how, alipayAheadMs) => {
    await start();
    alipay.clockAheadMs = alipayAheadMs + clock.now().getTime() - Date.now();
    try {
      await outside.withCode(gateway, `clock${alipayAheadMs}`);
      expect(gateway.complaints).toEqual([expect.objectContaining({ accountId: 'usd', message: "our clock and Alipay's differ" })]);
      expect(Math.abs(Number(gateway.complaints[0]?.['skewSeconds']) - alipayAheadMs / 1_000)).toBeLessThan(60);
    } finally {
      alipay.clockAheadMs = 0;
      await gateway.stop();
    }
  });

  it('complains of nothing when all is well', async () => {
    await start();
    try {
      await outside.paid(gateway, 'well');
      expect(gateway.complaints).toEqual([]);
    } finally {
      await gateway.stop();
    }
  });
});
