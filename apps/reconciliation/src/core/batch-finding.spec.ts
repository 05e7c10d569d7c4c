import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { itemsFindings, payoutFinding, sideKey, type BankView, type RowBreak } from './batch-finding.js';
import { netOf, toBatch, type BatchSide } from './batch-side.js';
import type { BatchSum } from './batch-sums.js';
import type { ContractTerms } from './contract.js';
import { payoutDays, type Payout } from './payout.js';

const BATCH = '2026112411021040123';
const usd = (minor: bigint) => money('USD', minor);
const sum = (type: string, count: number, net: bigint, fee = 0n): BatchSum => ({ batchId: BATCH, type, currency: 'USD', figures: { count, net, coupon: 0n, fees: new Map([['fee', fee]]) } });
const side = (items: readonly BatchSum[], rows: readonly BatchSum[]): BatchSide => ({
  batchId: BATCH, currency: 'USD', settledOn: '2026-11-24', items, itemFileIds: ['I'], rows: rows.map((row, index) => ({ ...row, row: { id: 'S', line: index + 2, raw: row.type } })),
});
const rowBreak = (kind: RowBreak['kind'], type = 'PAYMENT', id = 'b'): RowBreak => ({ id, kind, batchId: BATCH, type });
const terms = { settlementCurrency: 'USD', minimumSettlement: '10.00', holidays: ['2026-11-26'], tolerance: { amount: '0', workingDays: 1 } } as unknown as ContractTerms;

describe('items and their summary', () => {
  const whole = [sum('PAYMENT', 2, 1_450n), sum('TOTAL', 2, 1_450n)];
  const causes = (items: readonly BatchSum[], rowBreaks: readonly RowBreak[]) => itemsFindings(side(items, whole), rowBreaks).map(({ type, causedBy }) => `${type} ${causedBy}`);

  it('are compared once both are there', () => {
    expect([itemsFindings(side([], whole), []), itemsFindings(side([sum('PAYMENT', 1, 1n)], []), [])]).toEqual([[], []]);
    expect(itemsFindings(side([sum('PAYMENT', 1, 1_000n), sum('PAYMENT', 1, 450n)], whole), [])).toEqual([]);
    expect(itemsFindings(side([sum('PAYMENT', 2, 1_400n)], whole), [])).toMatchObject([{ subject: `items ${BATCH} PAYMENT USD`, ours: usd(1_400n), theirs: usd(1_450n), row: { id: 'S', line: 2 }, date: '2026-11-24' }]);
  });

  it('show the row of the total where the summary has none of the type', () => {
    expect(itemsFindings(side([...whole.slice(0, 1), sum('CANCEL', 1, -1n)], whole), [])).toMatchObject([{ type: 'CANCEL', ours: usd(-1n), theirs: null, row: { line: 3, raw: 'TOTAL' } }]);
  });

  it('differ because of breaks of their rows, if there are as many as rows too many', () => {
    expect(causes([sum('PAYMENT', 2, 1_400n)], [rowBreak('net-differs', 'PAYMENT', 'c'), rowBreak('fee-differs')])).toEqual(['PAYMENT b']);
    expect(causes([sum('PAYMENT', 2, 1_400n)], [rowBreak('net-differs', 'REFUND')])).toEqual(['PAYMENT null']);
    expect(causes([sum('PAYMENT', 3, 2_000n)], [rowBreak('duplicate-line')])).toEqual(['PAYMENT b']);
    expect(causes([sum('PAYMENT', 3, 2_000n)], [rowBreak('net-differs')])).toEqual(['PAYMENT null']);
    expect(causes([sum('PAYMENT', 4, 2_000n)], [rowBreak('duplicate-line')])).toEqual(['PAYMENT null']);
    expect(causes([sum('PAYMENT', 1, 700n)], [rowBreak('duplicate-line')])).toEqual(['PAYMENT null']);
    expect(causes([sum('PAYMENT', 1, 700n), sum('LUCKY_DRAW', 1, 750n)], [rowBreak('unknown-type', 'LUCKY_DRAW')])).toEqual(['LUCKY_DRAW b', 'PAYMENT b']);
  });
});

describe('a pay-out', () => {
  const rows = [sum('PAYMENT', 2, 1_450n), sum('TOTAL', 2, 1_450n)];
  const known = side([sum('PAYMENT', 2, 1_400n)], rows);
  const batch = toBatch(known, terms);
  const view = (more: Partial<BankView> = {}): BankView => ({ sides: new Map([[sideKey(known), known]]), coveredUntil: new Map(), today: '2026-11-25', blamed: new Map([[sideKey(known), 'items']]), ...more });
  const booking = { fileId: 'K', line: 7, bookedOn: '2026-11-25', amount: usd(1_400n), text: 'ALIPAY', reference: null };
  const differs = (booked: bigint): Payout => ({ batches: [batch], end: { kind: 'differs', booked: usd(booked), by: [booking] } });
  const unbooked: Payout = { batches: [batch], end: { kind: 'unbooked' } };

  it('is what the summary says, else what the items come to', () => {
    expect([netOf(known), netOf(side(known.items, []))]).toEqual([usd(1_450n), usd(1_400n)]);
    expect([batch.minimumMinor, toBatch({ ...known, currency: 'EUR', items: [], rows: [] }, terms).minimumMinor, toBatch(known, undefined).minimumMinor]).toEqual([1_000n, 0n, 0n]);
  });

  it('follows from its items where the bank paid what they come to', () => {
    expect(payoutFinding(differs(1_400n), view())).toMatchObject({ kind: 'summary-differs-from-bank', ours: usd(1_450n), theirs: usd(1_400n), causedBy: 'items', row: { id: 'K', line: 7 } });
    expect(payoutFinding(differs(1_399n), view())).toMatchObject({ causedBy: null });
  });

  // Tuesday; Thursday is a holiday: Wednesday, Friday, Monday, Tuesday, Wednesday.
  it('is missing when a statement covers the days of the bank, or the contract bears with it no longer', () => {
    expect(payoutDays('2026-11-24', terms)).toEqual({ dueOn: '2026-12-02', missingOn: '2026-12-04' });
    expect(payoutDays('2026-11-24', undefined)).toEqual({ dueOn: '2026-12-01', missingOn: null });
    const at = (until: string | null, today: string) => payoutFinding(unbooked, view({ today, coveredUntil: new Map(until === null ? [] : [['USD', until]]) }))?.kind;
    expect([at(null, '2026-12-03'), at('2026-12-01', '2026-12-03'), at('2026-12-02', '2026-12-02'), at(null, '2026-12-04')]).toEqual([undefined, undefined, 'payout-missing', 'payout-missing']);
    expect(payoutFinding(unbooked, view({ today: '2026-12-02', coveredUntil: new Map([['EUR', '2026-12-31']]) }))).toBeUndefined();
  });

  it('that is paid or pending is no break', () => {
    expect([payoutFinding({ batches: [batch], end: { kind: 'paid', by: [booking] } }, view()), payoutFinding({ batches: [batch], end: { kind: 'pending' } }, view({ today: '2027-01-01' }))]).toEqual([undefined, undefined]);
  });
});
