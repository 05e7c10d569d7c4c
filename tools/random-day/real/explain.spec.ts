import { describe, expect, it } from '@jest/globals';
import { Books, type OrderBooks } from '../../audit/books.ts';
import { lateAndGivenBack, lateAndWaiting, sold } from '../../audit/sample-books.ts';
import { explainBreaks, type FoundBreak, type PlantedDefect } from './explain.ts';

const ROW = '20261124741010000000000001';
const usual: FoundBreak = { breakId: 'b1', kind: 'amount-differs', accountId: 'demo-usd', transactionType: 'PAYMENT', orderId: 'day-1-0001', paymentId: 'P1', alipayId: ROW, causedBy: null };
const planted: PlantedDefect = { kind: 'amount-wrong', customerId: '1022188000000000001', transactionId: ROW };
const lateStruck = new Map([['pay pay-after-expiry', 1]]);

function explain(found: readonly FoundBreak[], { defects = [], order = sold(), struck = new Map() }: { defects?: readonly PlantedDefect[]; order?: OrderBooks; struck?: ReadonlyMap<string, number> } = {}) {
  const books = new Books();
  Object.assign(books.of('demo:day-1-0001'), order);
  const { explained, unexplained } = explainBreaks(found, { planted: defects, books, struck });
  return { explained: [...explained.values()], unexplained };
}

describe('a break of the day', () => {
  it('comes from the defect that was planted in its row, and from no other one', () => {
    expect(explain([usual], { defects: [planted] })).toEqual({ explained: ['amount-wrong in the file'], unexplained: [] });
    for (const other of [{ transactionId: '1' }, { customerId: '1022188000000000002' }, { kind: 'store-wrong' as const }]) {
      const { unexplained } = explain([usual], { defects: [{ ...planted, ...other }] });
      expect(unexplained).toEqual([expect.stringContaining('no fault explains amount-differs'), expect.stringContaining('no break tells of')]);
    }
  });

  it('comes from nothing on a day without faults', () => {
    expect(explain([usual])).toEqual({ explained: [], unexplained: [`no fault explains amount-differs of PAYMENT ${ROW} (demo-usd, order day-1-0001)`] });
  });

  it('may be the consequence of one that is explained', () => {
    const cause = { ...usual, kind: 'unknown-type' as const };
    const consequence = { ...usual, breakId: 'b2', kind: 'missing-at-alipay' as const, alipayId: 'another', causedBy: 'b1' };
    expect(explain([consequence, cause], { defects: [{ ...planted, kind: 'type-unknown' }] }).unexplained).toEqual([]);
    expect(explain([consequence]).unexplained).toHaveLength(1);
  });

  it('of a payment that a cancel undid may be about the other one of its two rows', () => {
    const undone: OrderBooks = { ...sold(), ledger: sold().ledger.map((entry) => ({ ...entry, status: 'CANCELLED' })) };
    const alone = { ...usual, kind: 'missing-with-us' as const, transactionType: 'CANCEL' };
    expect(explain([alone], { defects: [{ ...planted, kind: 'row-missing' }], order: undone }).unexplained).toEqual([]);
    expect(explain([alone], { defects: [{ ...planted, kind: 'row-missing' }] }).unexplained).toHaveLength(2);
  });
});

describe('a payment that came too late', () => {
  const late = { ...usual, kind: 'paid-after-cancel' as const };

  it('is explained while its money is at Alipay and a person was told', () => {
    expect(explain([late], { order: lateAndWaiting(), struck: lateStruck })).toEqual({ explained: ['money that came too late and waits for a person'], unexplained: [] });
  });

  it('is not when it was given back, was no late one, or nobody made it late', () => {
    expect(explain([late], { order: lateAndGivenBack(), struck: lateStruck }).unexplained).toHaveLength(1);
    expect(explain([late], { struck: lateStruck }).unexplained).toHaveLength(1);
    expect(explain([late], { order: lateAndWaiting() }).unexplained).toEqual(['1 payments came too late, and only 0 were to']);
  });
});
