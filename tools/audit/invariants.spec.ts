import { describe, expect, it } from '@jest/globals';
import { Books, type OrderBooks } from './books.ts';
import { invariantsOf } from './invariants.ts';
import { auditJson, isClean, judge } from './judge.ts';
import { bounced, lateAndGivenBack, lateAndWaiting, listed, payment, refunded, SETTLED, sold, usd } from './sample-books.ts';

function booksOf(...orders: readonly OrderBooks[]): Books {
  const books = new Books();
  for (const [at, order] of orders.entries()) Object.assign(books.of(`demo:A-${at}`), order);
  return books;
}

const broken = (order: OrderBooks, isSettled = true): Record<string, readonly string[]> =>
  Object.fromEntries(invariantsOf(booksOf(order), { ...SETTLED, isSettled }).filter(({ holds }) => !holds).map(({ name, findings }) => [name, findings]));

const LIVE = 'no order has two live codes';
const WITHIN = 'refunds never exceed what was paid, in any book';
const HELD = 'what Alipay holds as paid and not given back is what we hold, order by order';
const TOTAL = 'what Alipay holds as paid and not given back is what we hold, in every currency';
const ENDS = 'every success that Alipay knows is paid, given back, or waits for a person';
const TOLD = 'nothing is told twice with different content';

describe('the invariants', () => {
  it('hold over books that agree, and each is named', () => {
    const invariants = invariantsOf(booksOf(sold(), refunded(), bounced(), lateAndGivenBack(), lateAndWaiting()), SETTLED);
    expect(invariants).toEqual([LIVE, WITHIN, HELD, ENDS, TOLD, TOTAL].map((name) => ({ name, holds: true, findings: [] })));
  });

  it('know two codes that could be paid at once, also when that is over', () => {
    const [one, two] = [{ ...listed, status: 'FAIL' as const, wasPaid: false, closedAtMs: 2_000 }, { ...listed, paymentId: 'P2', issuedAtMs: 1_999 }];
    const books = { ...sold(), payments: [{ ...payment, status: 'expired' }, { ...payment, id: 'P2' }] };
    expect(broken({ ...books, ledger: [two, one] })).toEqual({ [LIVE]: ['demo:A-0: the code of P2 was issued while another one of the order could be paid'] });
    expect(broken({ ...books, ledger: [one, { ...two, issuedAtMs: 2_000 }] })).toEqual({});
    expect(broken({ ...sold(), payments: [payment, ...['P2', 'P3'].map((id) => ({ ...payment, id, status: 'code-issued' }))] })[LIVE]).toEqual(['demo:A-0: 2 payments of it are open at the gateway']);
  });

  it.each<[string, OrderBooks]>([
    ['order', { ...refunded(), order: { ...refunded().order!, refunding: usd(701) } }],
    ['the gateway (payment P1)', { ...refunded(), payments: [{ ...payment, refunded: usd(1_001) }] }],
    ['the gateway (refunds of P1)', { ...refunded(), refunds: [...refunded().refunds, { ...refunded().refunds[0]!, id: 'R3', amount: usd(701), status: 'unknown' }] }],
    ['Alipay (payment P1)', { ...refunded(), ledger: [{ ...listed, refunds: [{ id: 'R1', alipayRefundId: 'AR1', amount: usd(1_001), status: 'PROCESSING' }] }] }],
    ['reconciliation (payment P1)', { ...refunded(), expectations: refunded().expectations.map((each) => (each.type === 'REFUND' ? { ...each, amount: usd(-1_001) } : each)) }],
  ])('know a book in which more was given back than was paid: %s', (book, books) => {
    expect(broken(books)[WITHIN]?.join()).toContain(`demo:A-0: ${book} has `);
  });

  it('know money at Alipay that we do not hold, and money that we hold and Alipay does not', () => {
    const late = { ...lateAndWaiting(), payments: [{ ...payment, status: 'expired' }] };
    expect(broken(late)).toEqual({
      [HELD]: ['demo:A-0: Alipay holds 1000, the gateway 0'], [TOTAL]: ['USD: Alipay holds 1000, we hold 0'],
      [ENDS]: ['demo:A-0: USD 1000 of payment P1 is at Alipay, and is neither paid nor given back nor waits for a person'],
    });
    expect(broken({ ...sold(), ledger: [{ ...listed, status: 'CANCELLED' }] })).toEqual({ [HELD]: ['demo:A-0: Alipay holds 0, the gateway 1000'], [TOTAL]: ['USD: Alipay holds 0, we hold 1000'] });
    expect(broken({ ...sold(), order: { ...sold().order!, status: 'failed' } })).toMatchObject({ [HELD]: ['demo:A-0: order holds 0, the gateway 1000'], [ENDS]: [expect.any(String)] });
  });

  it('give a refund under way the time that it takes', () => {
    const books = refunded();
    const open = { ...books, payments: [{ ...payment, refunding: usd(300) }], refunds: books.refunds.map((refund) => ({ ...refund, status: 'unknown' as const })), order: { ...books.order!, status: 'paid', refunded: usd(0) } };
    expect(broken(open, false)).toEqual({});
    expect(broken({ ...open, refunds: [] }, false)).toMatchObject({ [HELD]: ['demo:A-0: Alipay holds 700, the gateway 1000'] });
  });

  it('know what was told in two ways', () => {
    const told = refunded().told.map((said) => (said.refundKey === 'a' ? { ...said, times: 2, contents: 2 } : said));
    expect(broken({ ...refunded(), told })).toEqual({ [TOLD]: ['demo:A-0: its store was told order.refunded of a in 2 ways'] });
  });
});

describe('an audit', () => {
  it('counts orders with a finding of each kind, and is clean only when the invariants hold too', () => {
    const clean = { ...judge(booksOf(sold(), refunded()), SETTLED), isSettled: true };
    expect([isClean(clean), auditJson(clean)]).toMatchObject([true, { orders: 2, lost: 0, double: 0, disagree: 0, invariants: [{}, {}, {}, {}, {}, {}] }]);
    expect(clean.paid).toBe(2);
    const told = sold().told.map((said) => ({ ...said, contents: 2 }));
    const other = { ...judge(booksOf(sold(), { ...sold(), told }), SETTLED), isSettled: true };
    expect([isClean(other), auditJson(other)]).toMatchObject([false, { lost: 0, double: 0, disagree: 0 }]);
    expect(judge(booksOf({ ...sold(), told: [] }, { ...refunded(), refunds: [] }), SETTLED).counts).toEqual({ orders: 2, lost: 2, double: 0, disagree: 1 });
  });
});
