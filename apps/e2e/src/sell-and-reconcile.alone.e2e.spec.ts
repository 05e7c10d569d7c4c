import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { businessDate } from '@scantill/kernel';
import { closeDay, confirm, fileOf, ledger, type ClosedDay } from './alipay-side.js';
import { demo, demoFile } from './config.js';
import { publish, signedBy } from './console-producer.js';
import { arrived, breaks, breaksAsCsv, dayOf, expectationOf, upload } from './finance.js';
import { Phone } from './phone.js';
import { StoreStream } from './store-stream.js';
import { cancel, find, newOrder, orderWhen, sell, type OrderWish } from './till.js';

let phone: Phone;
let store: StoreStream;
beforeAll(async () => {
  // What other tests have sold belongs to another day.
  await closeDay();
  [phone, store] = await Promise.all([Phone.switchOn(), StoreStream.open('S001')]);
});
afterAll(async () => {
  store.close();
  await phone.switchOff();
});

/** Publishes an order as a system does that knows nothing of ours but the how-to. */
async function published(changes: Partial<OrderWish> = {}): Promise<{ orderId: string; code: string }> {
  const wish = newOrder(changes);
  await publish('store.orders', await signedBy(demoFile, wish));
  const { code } = await orderWhen(wish.orderId, 'to have a code', (order) => order.code !== null);
  return { orderId: wish.orderId, code: code?.text ?? '' };
}

describe('an order published by the Java console producer', () => {
  it('gets a code, which the store hears of', async () => {
    const { orderId, code } = await published();
    expect((await store.hears('order.code-ready', orderId)).code?.text).toBe(code);
    expect((await find(orderId)).body).toMatchObject({ storeId: 'S001', tillId: 'T1', amount: { currency: 'USD', minor: '1099' }, nextAction: 'show-code' });
  });

  it('is placed once when it is published again, and not at all when a byte of it was changed', async () => {
    const [good, bad] = [newOrder(), newOrder()];
    const line = await signedBy(demoFile, good);
    const forged = (await signedBy(demoFile, bad)).replace('"minor":"1099"', '"minor":"1"');
    await publish('store.orders', [forged, line, line].join('\n'));
    await orderWhen(good.orderId, 'to have a code', (order) => order.code !== null);
    expect((await ledger()).filter(({ referenceOrderId }) => referenceOrderId === `${demo.chain.id}_${good.orderId}`)).toHaveLength(1);
    expect((await find(bad.orderId)).status).toBe(404);
  });

  it('is cancelled by a message, unless it is paid', async () => {
    const [open, paid] = [await sell(), await sell()];
    await confirm(paid.code);
    await store.hears('order.paid', paid.orderId);
    const lines = [open, paid].map(({ orderId }) => signedBy(demoFile, { orderId, storeId: 'S001', reason: 'Closed for today' }, ['--type', 'store.cancel-requested']));
    await publish('store.orders', (await Promise.all(lines)).join('\n'));
    expect(await store.hears('order.cancelled', open.orderId)).toMatchObject({ reason: 'Closed for today', nextAction: 'do-not-hand-over' });
    expect(await store.hears('order.request-refused', paid.orderId)).toMatchObject({ problem: 'order.already-paid', nextAction: 'hand-over-goods' });
  });
});

describe('a day of sales', () => {
  let closed: ClosedDay;
  let file: { name: string; text: string };
  let sold: { orderId: string; code: string };

  beforeAll(async () => {
    sold = await published({ description: 'Team breakfast' });
    const page = await phone.scan(sold.code, 'kakaopay');
    expect([await page.text('merchant'), await page.text('store'), await page.text('amount'), await page.text('wallet-amount')])
      .toEqual(['Demo Coffee', 'Demo Coffee Orchard Road', 'US$10.99', 'You pay ₩15,633']);
    expect(await page.lines()).toEqual(['Flat white, oat milk × 2', 'Kaya toast × 1']);
    await page.confirm();
    expect(await page.state()).toBe('paid');

    const others = [await sell({ amount: { currency: 'USD', minor: '250' } }), await sell({ storeId: 'S002' })];
    await confirm(others[0]!.code, 'gcash');
    await confirm(others[1]!.code);
    const [declined, givenUp] = [await sell(), await sell()];
    await (await phone.scan(declined.code)).decline();
    await cancel(givenUp.orderId);
    for (const { orderId } of [sold, ...others]) expect(await expectationOf(orderId)).toMatchObject({ status: 'open' });
    closed = await closeDay();
    file = await fileOf(closed);
  });

  it('was told to the store, sale by sale', async () => {
    expect(await store.hears('order.paid', sold.orderId)).toMatchObject({ nextAction: 'hand-over-goods', wallet: 'KaKaoPay', amount: { currency: 'USD', minor: '1099' } });
    expect(store.of(sold.orderId)).toEqual(['order.code-ready', 'order.paid']);
  });

  it('reconciles with the file that Alipay writes of it and that arrives by itself: every paid order matched, no breaks', async () => {
    const paid = (await ledger()).filter(({ status, paidAt }) => status === 'SUCCESS' && businessDate(new Date(paidAt ?? 0)) === closed.date);
    expect(paid.length).toBeGreaterThanOrEqual(3);
    const sum = String(paid.reduce((total, { amount }) => total + BigInt(amount.value), 0n));

    // Nobody carries the file: reconciliation fetches it where Alipay puts it.
    await arrived(closed.date, 'demo-usd');
    const imported = await upload(file.name, file.text);
    expect(imported).toMatchObject({ name: file.name, date: closed.date, sequence: 0, alreadyImported: true, lines: closed.rows, matched: paid.length, breaksOpened: 0 });
    const all = { count: paid.length, amounts: [{ currency: 'USD', minor: sum }] };
    expect(await dayOf(closed.date, 'demo-usd')).toMatchObject({ complete: true, lines: all, expected: all, matched: all, breaks: [] });
    expect((await breaks(closed.date)).breaks).toEqual([]);
    expect(await expectationOf(sold.orderId)).toMatchObject({ status: 'matched', matchedLine: { fileId: imported.fileId } });
  });

  it('is not changed by the same file again', async () => {
    expect(await upload(file.name, file.text)).toMatchObject({ alreadyImported: true, breaksOpened: 0 });
    expect((await breaks(closed.date)).breaks).toEqual([]);
  });

  it('has exactly one break when one amount of the file differs', async () => {
    const lines = file.text.split('\n');
    const index = lines.findIndex((line) => line.includes(`${demo.chain.id}_${sold.orderId}`));
    const changed = lines.with(index, lines[index]!.replace(',1099,USD', ',1234,USD'));
    expect(changed[index]).not.toBe(lines[index]);

    expect(await upload(file.name, changed.join('\n'))).toMatchObject({ alreadyImported: false, lines: closed.rows, breaksOpened: 1 });
    const { breaks: open } = await breaks(closed.date);
    expect(open).toEqual([expect.objectContaining({
      kind: 'amount-differs', orderId: sold.orderId, businessDate: closed.date, ours: { currency: 'USD', minor: '1099' }, theirs: { currency: 'USD', minor: '1234' },
      amountAtRisk: { currency: 'USD', minor: '135' },
    })]);
    expect(open[0]?.evidence.file).toMatchObject({ line: index + 1, raw: changed[index]?.trimEnd() });
    expect((await dayOf(closed.date, 'demo-usd'))?.breaks).toEqual([{ kind: 'amount-differs', count: 1, amountAtRisk: [{ currency: 'USD', minor: '135' }] }]);
  });

  it('gives its breaks as a table, in the digits of their currency', async () => {
    const [header = '', ...rows] = (await breaksAsCsv(closed.date)).trim().split(/\r?\n/);
    const columns = header.split(',');
    expect(rows).toHaveLength(1);
    const row = Object.fromEntries(rows[0]!.split(',').map((cell, index) => [columns[index], cell]));
    expect(row).toMatchObject({ kind: 'amount-differs', order: sold.orderId, ours: '10.99', theirs: '12.34', 'amount at risk': '1.35', 'currency at risk': 'USD' });
  });
});
