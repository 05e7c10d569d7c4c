import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { confirm, ledger, paymentOf } from './alipay-side.js';
import { demo } from './config.js';
import { ask } from './http.js';
import { Phone } from './phone.js';
import { readQr } from './qr.js';
import { cancel, find, newOrder, newOrderId, orderPaid, orderWhen, picture, place, sell, type OrderWish } from './till.js';

let phone: Phone;
beforeAll(async () => { phone = await Phone.switchOn(); });
afterAll(() => phone.switchOff());

describe('an order placed over HTTP', () => {
  it('is answered 201 with its code', async () => {
    const wish = newOrder();
    const { status, body } = await place(wish);
    expect(status).toBe(201);
    expect(body).toMatchObject({ orderId: wish.orderId, status: 'awaiting-payment', nextAction: 'show-code', codeStatus: 'ready', amount: wish.amount });
    expect(body.code?.text).toMatch(/^https?:\/\//);
    expect(Date.parse(body.code?.expiresAt ?? '')).toBeGreaterThan(Date.now());
  });

  it('is answered the same when it is sent again, and is collected once', async () => {
    const wish = newOrder();
    const first = await place(wish);
    const again = await place(wish);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    const payments = (await ledger()).filter(({ referenceOrderId }) => referenceOrderId === `${demo.chain.id}_${wish.orderId}`);
    expect(payments).toHaveLength(1);
  });

  it.each<[string, Partial<OrderWish>]>([
    ['another amount', { amount: { currency: 'USD', minor: '1100' } }],
    ['another till', { tillId: 'T2' }],
    ['another description', { description: 'Lunch' }],
    ['other lines', { lines: [{ name: 'Kaya toast', quantity: 2 }] }],
  ])('is a conflict with %s under the same id', async (_what, change) => {
    const wish = newOrder();
    const first = await place(wish);
    expect(await place({ ...wish, ...change })).toMatchObject({ status: 409, body: { code: 'order.conflict' } });
    expect((await find(wish.orderId)).body).toEqual(first.body);
  });

  it('has pictures of its code that a camera can read', async () => {
    const { orderId, code } = await sell();
    const [svg, png] = [await picture(orderId, 'svg'), await picture(orderId, 'png')];
    expect([svg.type, png.type]).toEqual([expect.stringContaining('image/svg+xml'), expect.stringContaining('image/png')]);
    expect(readQr(png.bytes)).toBe(code);
    expect(readQr(await phone.show(svg.bytes))).toBe(code);
  });

  it('has no picture once its code is closed', async () => {
    const { orderId } = await sell();
    await cancel(orderId);
    const [address, key] = [`${demo.order.url}/v1/orders/${orderId}/code.png`, demo.apiKeys.system.key];
    expect(await ask(address, { key })).toMatchObject({ status: 404, body: { code: 'order.no-code' } });
  });
});

describe('an order that the till gives up', () => {
  it('ends cancelled, and the wallet then refuses', async () => {
    const { orderId, code } = await sell();
    const { status, body } = await cancel(orderId, 'The customer changed her mind');
    expect([status, body.nextAction]).toEqual([202, 'wait']);
    const order = await orderWhen(orderId, 'to be cancelled', (each) => each.status === 'cancelled');
    expect(order).toMatchObject({ nextAction: 'do-not-hand-over', endReason: 'The customer changed her mind', code: null });

    const page = await phone.scan(code);
    expect([await page.state(), await page.canConfirm()]).toEqual(['cancelled', false]);
    expect(await confirm(code)).toMatchObject({ status: 409, body: { state: 'cancelled' } });
    expect(await paymentOf(orderId)).toMatchObject({ status: 'CANCELLED', paidAt: null });
  });

  it('stays paid when the customer was faster', async () => {
    const { orderId, code } = await sell();
    await confirm(code);
    await orderPaid(orderId);
    expect(await cancel(orderId)).toMatchObject({ status: 409, body: { code: 'order.already-paid' } });
    expect((await find(orderId)).body).toMatchObject({ status: 'paid', nextAction: 'hand-over-goods' });
    expect(await paymentOf(orderId)).toMatchObject({ status: 'SUCCESS' });
  });

  it('answers that there is none, when there is none', async () => {
    expect(await cancel(newOrderId())).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
  });
});

describe('an amount that is none', () => {
  it.each([
    ['zero', { currency: 'USD', minor: '0' }, 'amount.minor'],
    ['negative', { currency: 'USD', minor: '-1099' }, 'amount.minor'],
    ['a decimal', { currency: 'USD', minor: '10.99' }, 'amount.minor'],
    ['of thirteen digits', { currency: 'USD', minor: '1000000000000' }, 'amount.minor'],
    ['a number of JSON', { currency: 'USD', minor: 1099 }, 'amount.minor'],
    ['in no currency', { currency: 'XXX', minor: '1099' }, 'amount.currency'],
  ])('is refused with its path: %s', async (_what, amount, path) => {
    const wish = { ...newOrder(), amount };
    const { status, headers, body } = await place(wish);
    expect([status, headers.get('content-type')]).toEqual([400, expect.stringContaining('application/problem+json')]);
    expect(body).toMatchObject({ code: 'request.malformed', errors: [expect.objectContaining({ path })] });
    expect((await find(wish.orderId)).status).toBe(404);
  });
});
