import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock, pauseMs, until } from '@scantill/testing';
import { FakeAlipay } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';
import { Outside } from './told.js';

/** Of the circuit: after so long a single call is let through. */
const TRY_AGAIN_MS = 3_000;
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

describe('an Alipay that does not answer', () => {
  const clock = new FixedClock();
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
  });

  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  const openings = () => gateway.complaints.filter(({ message, operation }) => message.includes('circuit is open') && operation === 'pay').length;

  it('is left alone after five failures, new orders hear of it at once, and it is used again without a restart when it is back', async () => {
    alipay.script = ({ operation }) => (operation === 'pay' ? 'cut-off' : undefined);
    await gateway.place(names('first', 5));
    await until('the circuit is open', async () => openings() === 1);

    const before = alipay.callsOf('pay').length;
    await gateway.place(names('later', 20));
    for (const orderId of names('later', 20)) {
      expect(await outside.types(orderId)).toEqual(['payment.delayed']);
      expect(await outside.paymentOf(orderId)).toMatchObject({ status: 'requested', state: { pays: 0, isDelayed: true } });
    }
    expect(alipay.callsOf('pay').length).toBe(before);

    // While it is away, one call in a while finds out.
    await pauseMs(TRY_AGAIN_MS);
    clock.forward(4_000);
    await until('one call is tried', async () => alipay.callsOf('pay').length > before);
    await pauseMs(500);
    expect(alipay.callsOf('pay').length).toBe(before + 1);

    alipay.script = () => undefined;
    await until('every order has its code', async () => {
      await pauseMs(250);
      clock.forward(250);
      return (await outside.database.count(`payments where status = 'code-issued'`)) === 25;
    });
    for (const orderId of [...names('first', 5), ...names('later', 20)]) expect(await outside.types(orderId)).toEqual(['payment.delayed', 'payment.code-issued']);
    // Whatever was sent for an order was sent under one id.
    expect(new Set(alipay.callsOf('pay').map(({ id }) => id)).size).toBe(25);
    expect(alipay.mostAtOnce).toBe(1);
  });

  it('holds up only the calls of its kind: who has paid is still found out', async () => {
    const before = openings();
    const id = await outside.withCode(gateway, 'paid');
    alipay.script = ({ operation }) => (operation === 'pay' ? 'cut-off' : undefined);
    await gateway.place(names('second', 6));
    await until('the circuit is open again', async () => openings() > before);
    alipay.found.set(id, { paymentStatus: 'SUCCESS', paymentAmount: { currency: 'USD', value: '1099' }, paymentTime: clock.now().toISOString() });
    clock.forward(5_000);
    await outside.meanwhile('it is found out', async () => (await outside.paymentOf('paid'))?.status === 'succeeded');
  });
});
