import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WireAmount } from '@scantill/contracts';
import { closeDay, fileOf, paymentOf, type ClosedDay } from './alipay-side.js';
import { demo } from './config.js';
import { timelineOf } from './evidence.js';
import { breaks, dayOf, expectationsOf, upload } from './finance.js';
import { Phone } from './phone.js';
import { StoreStream } from './store-stream.js';
import { find, orderPaid, refund, sell, type Sale } from './till.js';

interface Story {
  readonly account: string;
  readonly amount: WireAmount;
  readonly back: WireAmount;
  readonly left: string;
  /** As the wallet's page writes it: in the digits of the currency, two, none or three. */
  readonly text: string;
}

/** The chain sells under three contracts with Alipay: its own, an integrator's, and a service provider's with an agent token. */
const stories: readonly Story[] = [
  { account: 'demo-usd', amount: { currency: 'USD', minor: '1099' }, back: { currency: 'USD', minor: '400' }, left: '699', text: 'US$10.99' },
  { account: 'demo-jpy', amount: { currency: 'JPY', minor: '1500' }, back: { currency: 'JPY', minor: '501' }, left: '999', text: 'JP¥1,500' },
  { account: 'demo-kwd', amount: { currency: 'KWD', minor: '12345' }, back: { currency: 'KWD', minor: '1005' }, left: '11340', text: 'KWD 12.345' },
];
const sales = new Map<string, Sale>();
const orderOf = ({ account }: Story): string => sales.get(account)?.orderId ?? '';

let phone: Phone;
let store: StoreStream;
let closed: ClosedDay;
const seen = new Map<string, string>();

beforeAll(async () => {
  // What other tests have sold belongs to another day.
  await closeDay();
  [phone, store] = await Promise.all([Phone.switchOn(), StoreStream.open('S001')]);
  for (const { account, amount, back } of stories) {
    const sale = await sell({ amount });
    sales.set(account, sale);
    const page = await phone.scan(sale.code, 'gcash');
    seen.set(account, await page.text('amount'));
    await page.confirm();
    await orderPaid(sale.orderId);
    expect((await refund(sale.orderId, 'R-1', back)).status).toBe(201);
    await expectationsOf(sale.orderId, 2);
  }
  closed = await closeDay();
});
afterAll(async () => {
  store.close();
  await phone.switchOff();
});

it('every account of the demo is sold under', () => {
  expect(demo.accounts.map(({ accountId, currency }) => [accountId, currency])).toEqual(stories.map(({ account, amount }) => [account, amount.currency]));
});

describe.each(stories)('what is sold under $account', (story) => {
  const { account, amount, back, left, text } = story;
  const signed = (minor: string) => ({ currency: amount.currency, minor });

  it('is shown to the customer in the digits of its currency', () => {
    expect(seen.get(account)?.replaceAll('\u00a0', ' ')).toBe(text);
  });

  it('is told to the store in the smallest unit', async () => {
    expect(await store.hears('order.paid', orderOf(story))).toMatchObject({ amount, wallet: 'GCash' });
    expect(await store.hears('order.refunded', orderOf(story))).toMatchObject({ amount: back });
    expect((await find(orderOf(story))).body).toMatchObject({ status: 'partly-refunded', amount, refunded: back, left: signed(left) });
  });

  it('stands in the books of its account at Alipay, and settles in the currency of the contract', async () => {
    const { clientId, settlementCurrency } = demo.accounts.find(({ accountId }) => accountId === account)!;
    expect(await paymentOf(orderOf(story))).toMatchObject({
      clientId, settlementCurrency, amount: { currency: amount.currency, value: amount.minor }, status: 'SUCCESS', refunds: [{ value: back.minor, status: 'SUCCESS' }],
    });
  });

  it('keeps what the wallet took and at which rate, and no token of whoever asked', async () => {
    const { entries, missing } = await timelineOf(orderOf(story));
    expect(missing).toEqual([]);
    const paid = entries.find(({ service, kind }) => service === 'payment-gateway' && kind === 'payment.succeeded');
    expect(paid?.detail).toMatchObject({ charged: { currency: 'PHP', minor: expect.stringMatching(/^[1-9]\d+$/) }, quote: { pair: `${amount.currency}/PHP` } });
    expect(JSON.stringify(entries)).not.toMatch(/agent-?token/i);
  });

  it('is expected by our own books with its sign and account', async () => {
    const expectations = await expectationsOf(orderOf(story), 2);
    expect(expectations.map(({ type, accountId, amount: expected }) => [type, accountId, expected])).toEqual(
      expect.arrayContaining([['PAYMENT', account, amount], ['REFUND', account, signed(`-${back.minor}`)]]),
    );
  });

  it("agrees with the account's own file of the day, to the last digit", async () => {
    const { customerId } = demo.accounts.find(({ accountId }) => accountId === account)!;
    const listed = closed.files.find(({ remotePath }) => remotePath.includes(`/${customerId}/`))!;
    const { name, text: file } = await fileOf(listed);
    expect(await upload(name, file)).toMatchObject({ accountId: account, lines: 2, matched: 2, breaksOpened: 0 });
    const ours = await dayOf(closed.date, account);
    expect(ours).toMatchObject({ complete: true, lines: { count: 2, amounts: [signed(left)] }, expected: { count: 2, amounts: [signed(left)] }, breaks: [] });
    expect((await breaks(closed.date)).breaks.filter(({ accountId }) => accountId === account)).toEqual([]);
  });
});
