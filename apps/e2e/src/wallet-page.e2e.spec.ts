import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { confirm, paymentOf } from './alipay-side.js';
import { Phone, TAP_TARGET_MIN_PX } from './phone.js';
import { StoreStream } from './store-stream.js';
import { find, newOrder, orderPaid, orderWhen, sell, toldUntil } from './till.js';

/** The shortest life that a till may give to a code. */
const CODE_SECONDS_MIN = 60;
const EXPIRY_WITHIN_MS = (CODE_SECONDS_MIN + 40) * 1_000;

let phone: Phone;
let store: StoreStream;
/** Sold first, so that its code runs out while the other stories are told. */
let shortLived: { orderId: string; page: Awaited<ReturnType<Phone['scan']>> };
beforeAll(async () => {
  [phone, store] = await Promise.all([Phone.switchOn(), StoreStream.open('S001')]);
  const { orderId, code } = await sell({ codeSeconds: CODE_SECONDS_MIN });
  shortLived = { orderId, page: await phone.scan(code) };
});
afterAll(async () => {
  store.close();
  await phone.switchOff();
});

describe('the page behind a code', () => {
  it.each([
    ['alipay-cn', 'CN¥78.24'],
    ['kakaopay', '₩15,633'],
    ['gcash', '₱639.70'],
  ] as const)('shows the order and its price in the currency of %s', async (wallet, price) => {
    const { code } = await sell();
    const page = await phone.scan(code, wallet);
    const seen = await Promise.all((['merchant', 'store', 'amount', 'wallet-amount', 'description'] as const).map((id) => page.text(id)));
    expect(seen).toEqual(['Demo Coffee', 'Demo Coffee Orchard Road', 'US$10.99', `You pay ${price}`, 'Breakfast for two']);
    expect(await page.lines()).toEqual(['Flat white, oat milk × 2', 'Kaya toast × 1']);
    expect(await page.state()).toBe('open');
  });

  it('fits a phone, whatever a till writes', async () => {
    const endless = 'W'.repeat(128);
    const { code } = await sell({ amount: { currency: 'USD', minor: '999999999999' }, description: endless, lines: [{ name: endless, quantity: 100_000 }] });
    for (const wallet of ['alipay-cn', 'kakaopay'] as const) {
      const { sticksOutPx, smallestTargetPx } = await (await phone.scan(code, wallet)).fit();
      expect(sticksOutPx).toBeLessThanOrEqual(0);
      expect(smallestTargetPx).toBeGreaterThanOrEqual(TAP_TARGET_MIN_PX);
    }
  });

  it('changes nothing by being closed', async () => {
    const { orderId, code } = await sell();
    const before = await find(orderId);
    await (await phone.scan(code, 'alipay-cn')).close();
    expect(await find(orderId)).toMatchObject({ status: 200, body: before.body });
    expect(await paymentOf(orderId)).toMatchObject({ status: 'PROCESSING' });
    expect(await toldUntil('order.code-ready', orderId)).toEqual(['order.code-ready']);
    // Whoever comes next can still pay.
    const page = await phone.scan(code, 'gcash');
    await page.confirm();
    expect(await page.state()).toBe('paid');
    await orderPaid(orderId);
  });

  it('pays with the wallet that was chosen on it', async () => {
    const { orderId, code } = await sell();
    const page = await phone.scan(code, 'alipay-cn');
    await page.choose('Kakao Pay');
    expect(await page.text('wallet-amount')).toBe('You pay ₩15,633');
    await page.confirm();
    expect(await page.text('wallet-amount')).toBe('You paid ₩15,633');
    expect(await store.hears('order.paid', orderId)).toMatchObject({ nextAction: 'hand-over-goods', wallet: 'KaKaoPay', amount: { currency: 'USD', minor: '1099' } });
  });
});

describe('a payment that the customer declines', () => {
  it('fails, and the till hears why', async () => {
    const { orderId, code } = await sell();
    const page = await phone.scan(code);
    await page.decline();
    expect([await page.state(), await page.canConfirm()]).toEqual(['declined', false]);

    const fact = await store.hears('order.code-closed', orderId);
    expect(fact).toMatchObject({ reason: 'declined', resultCode: 'USER_BALANCE_NOT_ENOUGH', nextAction: 'do-not-hand-over' });
    expect((await find(orderId)).body).toMatchObject({ status: 'awaiting-payment', code: null, codeStatus: 'closed', payment: null });
    expect(await paymentOf(orderId)).toMatchObject({ status: 'FAIL', paidAt: null });
    expect(await confirm(code)).toMatchObject({ status: 409, body: { state: 'declined' } });
    expect(store.of(orderId)).toEqual(['order.code-ready', 'order.code-closed']);
  });
});

describe('a code that was paid', () => {
  it('says so to the next wallet that scans it, and cannot be paid again', async () => {
    const { orderId, code } = await sell();
    const late = await phone.scan(code, 'kakaopay');
    await (await phone.scan(code, 'gcash')).confirm();
    await late.confirm();
    expect([await late.state(), await late.text('wallet-amount')]).toEqual(['paid', 'You paid ₱639.70']);
    expect((await store.hears('order.paid', orderId)).wallet).toBe('GCash');
    expect((await orderPaid(orderId)).payment).toMatchObject({ wallet: 'GCash' });
    expect(store.of(orderId)).toEqual(['order.code-ready', 'order.paid']);
  });
});

describe('two stores', () => {
  it('do not hear of each other', async () => {
    const other = await StoreStream.open('S002');
    const { orderId, code } = await sell(newOrder({ storeId: 'S002', tillId: 'T1' }));
    await confirm(code);
    expect(await other.hears('order.paid', orderId)).toMatchObject({ storeId: 'S002' });
    expect(store.of(orderId)).toEqual([]);
    other.close();
  });
});

describe('a code that nobody paid', () => {
  it('runs out: the page says so, and the till hears that it may ask for a new one', async () => {
    const { orderId, page: late } = shortLived;
    await orderWhen(orderId, 'to lose its code', (order) => order.codeStatus === 'closed', EXPIRY_WITHIN_MS);
    await late.confirm();
    expect([await late.state(), await late.canConfirm()]).toEqual(['expired', false]);
    expect(await store.hears('order.code-closed', orderId)).toMatchObject({ reason: 'expired', nextAction: 'do-not-hand-over' });
    expect((await find(orderId)).body).toMatchObject({ status: 'awaiting-payment', code: null, endReason: 'expired' });
  });
});
