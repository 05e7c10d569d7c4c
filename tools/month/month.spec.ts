import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { orderDayClosedV1 } from '@scantill/contracts';
import { bankStatement, workingDayFrom } from './bank-statement.ts';
import { acknowledgementsOf } from './acknowledgements.ts';
import { compareBreaks, defectNames, defects, type FoundBreak } from './defects.ts';
import { eventsOf, expectationsIn, type LedgerEntry } from './events.ts';
import { closingsOf } from './tills.ts';
import { Trading } from './trading.ts';
import { dateOf, defectWorld, monthWorld, plannedDefects } from './worlds.ts';

const folder = mkdtempSync(join(tmpdir(), 'scantill-month-'));
afterAll(() => rmSync(folder, { recursive: true }));

const found = (kind: string, changes: Partial<FoundBreak> = {}): FoundBreak => ({ breakId: kind, kind, causedBy: null, amountAtRisk: { minor: '100' }, ...changes });

describe('the breaks of a defect', () => {
  const expected = [{ kind: 'unknown-type' }, { kind: 'missing-at-alipay', isConsequence: true }] as const;
  const consequence = { causedBy: 'unknown-type', amountAtRisk: { minor: '0' } };

  it('are exactly those that it means', () => {
    expect(compareBreaks(expected, [found('unknown-type'), found('missing-at-alipay', consequence)])).toEqual([]);
    expect(compareBreaks([], [])).toEqual([]);
  });

  it('are too few, too many or others', () => {
    expect(compareBreaks([{ kind: 'late' }], [])).toEqual(['0 late, not 1']);
    expect(compareBreaks([{ kind: 'late' }], [found('late'), found('late', { breakId: '2' })])).toEqual(['2 late, not 1']);
    expect(compareBreaks([], [found('wrong-day')])).toEqual(['1 wrong-day, not 0']);
  });

  it('name their cause and risk nothing where they follow from another, and nowhere else', () => {
    expect(compareBreaks(expected, [found('unknown-type'), found('missing-at-alipay')])).toEqual(['missing-at-alipay does not name its cause', 'missing-at-alipay is a consequence, and risks 100']);
    expect(compareBreaks(expected, [found('unknown-type'), found('missing-at-alipay', { ...consequence, causedBy: 'somebody' })])).toEqual(['missing-at-alipay does not name its cause']);
    expect(compareBreaks([{ kind: 'late' }], [found('late', { causedBy: 'x' })])).toEqual(["late names a cause, and is none's consequence"]);
  });
});

describe('the trading of a month', () => {
  const world = monthWorld(2_000);
  const trading = new Trading();
  trading.add(world, 7);
  const records = trading.records();
  const of = (type: string) => records.filter((record) => record.type === type);

  it('has all that can happen, in three currencies, on every day', () => {
    expect([...new Set(records.map(({ type }) => type))].sort()).toEqual(['book-opened', 'cancelled', 'code-issued', 'failed', 'paid', 'refund-accepted', 'refund-completed']);
    expect(new Set(of('code-issued').map(({ currency }) => currency))).toEqual(new Set(['USD', 'JPY', 'KWD']));
    expect(new Set(of('code-issued').map(({ at }) => new Date((at as number) + 8 * 3_600_000).toISOString().slice(0, 10))).size).toBe(30);
    expect(of('cancelled').filter(({ number }) => of('paid').some((paid) => paid['number'] === number))).not.toHaveLength(0);
  });

  it('is numbered without gaps, as the simulator reads it', () => {
    expect(of('code-issued').map(({ number }) => number)).toEqual(Array.from({ length: 2_000 }, (_, number) => number));
    expect(of('refund-accepted').map(({ refund }) => refund)).toEqual(of('refund-accepted').map((_, refund) => refund));
    expect(of('refund-completed')).toHaveLength(of('refund-accepted').length);
  });

  it('is the same for the same seed', () => {
    const again = new Trading();
    again.add(world, 7);
    expect(again.records()).toEqual(records);
    const other = new Trading();
    other.add(world, 8);
    expect(other.records()).not.toEqual(records);
  });
});

describe('a world', () => {
  it('of each defect has its own chain and account, and one defect on one day', () => {
    const worlds = defectNames.map((name, index) => defectWorld(name, index + 1));
    expect(new Set(worlds.flatMap(({ chainId, accounts }) => [chainId, ...accounts.flatMap(({ clientId, customerId, accountId }) => [clientId, customerId, accountId])])).size).toBe(4 * defectNames.length);
    expect(worlds.every(({ chainId }) => /^[a-z0-9-]{1,16}$/.test(chainId))).toBe(true);
    expect(plannedDefects(worlds, 3)).toHaveLength(defectNames.filter((name) => 'report' in defects[name]).length);
    expect(plannedDefects(worlds, 2)).toEqual([]);
    expect(plannedDefects(worlds.slice(0, 1), 3)).toEqual([{ kind: 'row-missing', report: 'transactionItems', customerId: '1022188000000009001', nth: 1 }]);
  });
});

describe('the trading of a chain with a defect', () => {
  it.each([1, 2, 3, 4, 5])('has payments and refunds on its day, and no cancel of a paid one (seed %i)', (seed) => {
    const trading = new Trading();
    trading.add(defectWorld('refund-reversal', 8), seed);
    const records = trading.records();
    const onDay = (type: string) => records.filter((record) => record.type === type && new Date((record['at'] as number) + 8 * 3_600_000).toISOString().startsWith(dateOf(3)));
    expect(onDay('paid').length).toBeGreaterThan(10);
    expect(onDay('refund-completed').length).toBeGreaterThan(0);
    const paid = new Set(records.filter(({ type }) => type === 'paid').map(({ number }) => number));
    expect(records.filter(({ type, number }) => type === 'cancelled' && paid.has(number))).toEqual([]);
  });
});

describe('the events of a ledger', () => {
  const world = monthWorld(10);
  const entry = (changes: Partial<LedgerEntry>): LedgerEntry => ({
    clientId: world.accounts[0]?.clientId ?? '', referenceOrderId: 'month_M-1', paymentRequestId: 'a'.repeat(32), paymentId: '2026', amount: { currency: 'USD', value: '100' }, status: 'SUCCESS', resultCode: 'SUCCESS',
    issuedAt: '2026-11-02T09:00:00+08:00', paidAt: '2026-11-02T09:01:00+08:00', cancelledAt: null, refunds: [], ...changes,
  });
  const typesOf = (...entries: readonly LedgerEntry[]) => eventsOf(world, entries, new Map([['month_M-1', 'S002']])).map(({ type, time, data }) => [type, time, data]);

  it('say what our gateway would have said', () => {
    const refunds = [{ refundRequestId: 'b'.repeat(32), refundId: '99', value: '40', completedAt: '2026-11-03T09:00:00+08:00' }, { refundRequestId: 'c'.repeat(32), refundId: '98', value: '1', completedAt: null }];
    expect(typesOf(entry({ refunds }))).toMatchObject([
      ['payment.succeeded', '2026-11-02T09:01:00+08:00', { orderId: 'M-1', storeId: 'S002', accountId: 'month-usd', amount: { currency: 'USD', minor: '100' }, paymentId: 'a'.repeat(32), alipayPaymentId: '2026' }],
      ['payment.refund-succeeded', '2026-11-03T09:00:00+08:00', { refundId: 'b'.repeat(32), alipayRefundId: '99', amount: { currency: 'USD', minor: '40' } }],
    ]);
    expect(typesOf(entry({ status: 'CANCELLED', cancelledAt: '2026-11-02T09:03:00+08:00' }))).toMatchObject([['payment.cancelled', '2026-11-02T09:03:00+08:00', { paidBefore: true }]]);
    expect(typesOf(entry({ status: 'CANCELLED', paidAt: null, cancelledAt: '2026-11-02T09:03:00+08:00' }))).toMatchObject([['payment.cancelled', '2026-11-02T09:03:00+08:00', { paidBefore: false }]]);
    expect(typesOf(entry({ status: 'FAIL', paidAt: null, resultCode: 'X' }))).toMatchObject([['payment.failed', '2026-11-02T09:00:00+08:00', { resultCode: 'X' }]]);
    expect(typesOf(entry({ clientId: 'T_of_another_chain' }))).toEqual([]);
    expect(expectationsIn(eventsOf(world, [entry({ refunds }), entry({ status: 'FAIL' })], new Map()))).toBe(2);
  });
});

describe('the acknowledgements of a chain', () => {
  const world = defectWorld('not-acknowledged', 1);
  const entry = (nth: number, day: number, changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
    clientId: world.accounts[0]?.clientId ?? '', referenceOrderId: `defect-1_M-${nth}`, paymentRequestId: String(nth).padStart(32, '0'), paymentId: `2026${nth}`, amount: { currency: 'JPY', value: '100' },
    status: 'SUCCESS', resultCode: 'SUCCESS', issuedAt: `${dateOf(day)}T09:00:00+08:00`, paidAt: `${dateOf(day)}T09:01:00+08:00`, cancelledAt: null, refunds: [], ...changes,
  });
  const paid = [entry(1, 2), entry(2, 3), entry(3, 3), entry(4, 4), entry(5, 3, { status: 'FAIL', paidAt: null })];

  it('are of all that was paid but one on the day of the defect, by all three ways', () => {
    const { order, notification } = acknowledgementsOf(world, paid, new Map());
    expect([...order, ...notification].map(({ data }) => (data as { orderId: string }).orderId).sort()).toEqual(['M-1', 'M-3', 'M-4']);
    const more = acknowledgementsOf(world, Array.from({ length: 9 }, (_, nth) => entry(nth, 2)), new Map());
    expect(more.order.map(({ data }) => (data as { by: string }).by)).toEqual(['message', 'read', 'message', 'read', 'message', 'read']);
    expect([more.notification.length, more.notification[0]?.type]).toEqual([3, 'notification.delivered']);
  });

  it('are none where the chain is not asked for them', () => {
    expect(acknowledgementsOf(monthWorld(10), paid, new Map())).toEqual({ order: [], notification: [] });
  });
});

describe('the tills of a chain', () => {
  const world = defectWorld('till-one-more', 1);
  const moved = (type: string, storeId: string, minor: string, at: string, refundKey: string | null = 'return-1') => ({
    key: '', subject: '', source: '', correlationId: '', type: `payment.${type}`,
    data: { storeId, amount: { currency: 'JPY', minor }, ...(type === 'succeeded' ? { paidAt: at } : { refundKey, refundedAt: at }) },
  });
  const closings = closingsOf(world, [
    moved('succeeded', 'S001', '300', '2026-11-03T04:00:00+08:00'), moved('succeeded', 'S001', '50', '2026-11-04T03:59:59+08:00'), moved('succeeded', 'S002', '7', '2026-11-03T12:00:00+08:00'),
    moved('refund-succeeded', 'S001', '20', '2026-11-04T04:00:00+08:00'), moved('refund-succeeded', 'S001', '9', '2026-11-04T05:00:00+08:00', null), moved('failed', 'S001', '1000', '2026-11-03T12:00:00+08:00'),
  ]);
  const said = (storeId: string, date: string) => closings.filter(({ subject }) => subject === `defect-1:${storeId}/${date}`).map(({ data }) => (data as { totals: unknown }).totals);
  const total = (sales: readonly [number, string], refunds: readonly [number, string]) => [[{ currency: 'JPY', sales: { count: sales[0], minor: sales[1] }, refunds: { count: refunds[0], minor: refunds[1] } }]];

  it('close every day of every store with what they were told, one of them with a sale more', () => {
    expect(closings).toHaveLength(6);
    expect(closings.every(({ type, data }) => type === orderDayClosedV1.type && orderDayClosedV1.data.safeParse(data).success)).toBe(true);
    // 3.00 + 0.50 and 1.00 that nobody paid
    expect(said('S001', dateOf(3))).toEqual(total([3, '450'], [0, '0']));
    expect(said('S001', dateOf(4))).toEqual(total([0, '0'], [1, '20']));
    expect(said('S002', dateOf(3))).toEqual(total([1, '7'], [0, '0']));
  });
});

describe('the statement of the bank', () => {
  const [account] = defectWorld('row-missing', 1).accounts;
  const items = (batchId: string, ...nets: readonly string[]) => {
    const path = join(folder, `${batchId}.csv`);
    writeFileSync(path, `settlementBatchId,transactionId,settlementAmountValue\n${nets.map((net, at) => `${batchId},T${at},${net}\n`).join('')}<END>\n`);
    return { customerId: account?.customerId ?? '', path, remotePath: path, batchId, report: 'settlementItems' } as const;
  };

  it('pays each batch as its items come to, on a working day, and nothing below zero', () => {
    // 9.78 − 2.47 = 7.31, on Sunday the 8th and so on Monday; 1.00 − 2.00 < 0; 10,000.00 + 7.31 − 1,234.56 = 8,772.75
    const text = account === undefined ? '' : bankStatement(account, [{ ...items('B1', '978', '-247'), day: 7 }, { ...items('B2', '100', '-200'), day: 8 }], 8);
    expect(text.match(/<Ntry>.*<\/Ntry>/g)).toHaveLength(2);
    expect(text).toContain('<Amt Ccy="USD">7.31</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-09</Dt></BookgDt>');
    expect(text).toContain('<Amt Ccy="USD">1234.56</Amt><CdtDbtInd>DBIT</CdtDbtInd>');
    expect(text).toContain('<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="USD">8772.75</Amt>');
  });

  it('knows Saturdays and Sundays', () => {
    expect(['2026-11-06', '2026-11-07', '2026-11-08', '2026-11-09'].map(workingDayFrom)).toEqual(['2026-11-06', '2026-11-09', '2026-11-09', '2026-11-09']);
    expect(dateOf(3)).toBe('2026-11-03');
  });
});
