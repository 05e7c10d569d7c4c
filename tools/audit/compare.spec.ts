import { describe, expect, it } from '@jest/globals';
import { compare } from './compare.ts';
import type { OrderBooks } from './books.ts';
import { bounced, giveBack, lateAndGivenBack, lateAndWaiting, listed, payment, refunded, SETTLED, sold, usd } from './sample-books.ts';

type Change = Partial<{ [Name in keyof OrderBooks]: OrderBooks[Name] }>;

const findings = (books: OrderBooks, change: Change = {}, isSettled = true): string[] => compare({ ...books, ...change }, { ...SETTLED, isSettled }).map(({ kind, what }) => `${kind}: ${what}`);
/** The first of each with these fields changed. */
const first = <Entry>([entry, ...rest]: readonly Entry[], change: Partial<Entry>): Entry[] => [{ ...entry!, ...change }, ...rest];

describe('books that agree', () => {
  it.each(Object.entries({ sold, refunded, bounced, lateAndGivenBack, lateAndWaiting }))('have no finding: %s', (_, books) => {
    expect([findings(books()), findings(books(), {}, false)]).toEqual([[], []]);
  });
});

describe('an order that was sold', () => {
  const books = sold();
  const order = books.order!;

  it.each<[string, Change]>([
    ['lost: payment P1 is paid at Alipay and expired at the gateway', { payments: [{ ...payment, status: 'expired' }] }],
    ['lost: payment P1 is paid at Alipay, and the gateway does not know it', { payments: [] }],
    ['lost: its payment P1 succeeded and it is failed', { order: { ...order, status: 'failed' } }],
    ['lost: it is paid, and order does not know it', { order: undefined }],
    ['lost: it ended paid and its store was never told', { told: [] }],
    ['lost: payment P1 succeeded, and reconciliation does not expect it', { expectations: [] }],
    ['lost: its deadline has passed and it is still cancelling', { order: { ...order, status: 'cancelling' } }],
    ['double: its store was told 2 times that it is paid', { told: first(books.told, { times: 2 }) }],
    ['double: 2 payments of it were paid', { payments: [payment, { ...payment, id: 'P2' }], ledger: [listed, { ...listed, paymentId: 'P2' }] }],
    ['double: reconciliation expects payment P1 2 times', { expectations: [...books.expectations, ...books.expectations] }],
    ['disagree: payment P1 is USD 999 at Alipay and USD 1000 at the gateway', { ledger: [{ ...listed, amount: usd(999) }] }],
    ['disagree: payment P1 is CANCELLED at Alipay and succeeded at the gateway', { ledger: [{ ...listed, status: 'CANCELLED' }] }],
    ['disagree: payment P1 is succeeded at the gateway, and Alipay does not know it', { ledger: [] }],
    ['disagree: it is USD 1000, its store was told USD 10', { told: first(books.told, { amount: usd(10) }) }],
    ['disagree: payment P1 is USD 1000, reconciliation expects USD 10', { expectations: first(books.expectations, { amount: usd(10) }) }],
    ['disagree: reconciliation expects payment P9, which did not succeed', { expectations: [...books.expectations, { ...books.expectations[0]!, paymentId: 'P9' }] }],
  ])('%s', (what, change) => {
    expect(findings(books, change)).toContain(what);
  });

  it('may stand open while a person was told of it and of its payment', () => {
    const stuck = { order: { ...order, status: 'cancelling', hasAttention: true }, payments: [{ ...payment, status: 'cancelling', hasAttention: true }], told: [] };
    expect(findings(books, stuck).filter((found) => found.includes('deadline'))).toEqual([]);
    expect(findings(books, { ...stuck, order: { ...stuck.order, hasAttention: false } }).filter((found) => found.includes('deadline'))).toHaveLength(1);
  });
});

describe('an order of which something was refunded', () => {
  const books = refunded();
  const order = books.order!;
  const [done] = books.refunds;

  it.each<[string, Change]>([
    ['lost: its refund a is requested and succeeded at the gateway', { orderRefunds: first(books.orderRefunds, { status: 'requested' }) }],
    ['lost: its refund a is succeeded, and the gateway does not know it', { refunds: books.refunds.slice(1) }],
    ['lost: Alipay gave back USD 300 by R1, and the gateway does not know it', { refunds: books.refunds.slice(1) }],
    ['lost: its refund a failed at the gateway, and is SUCCESS at Alipay', { refunds: first(books.refunds, { status: 'failed', alipayRefundId: null }) }],
    ['lost: its refund a is still unknown', { refunds: first(books.refunds, { status: 'unknown' }) }],
    ['lost: its store was never told order.refunded of a', { told: books.told.filter(({ refundKey }) => refundKey !== 'a') }],
    ['lost: its store was never told order.refund-failed of b', { told: books.told.filter(({ refundKey }) => refundKey !== 'b') }],
    ['lost: its refund a is succeeded, and reconciliation expects no REFUND', { expectations: books.expectations.slice(0, 1) }],
    ['double: its refund a was made 2 times', { refunds: [...books.refunds, { ...done!, id: 'R9' }] }],
    ['double: its store was told 2 times order.refunded of a', { told: books.told.map((said) => (said.refundKey === 'a' ? { ...said, times: 2 } : said)) }],
    ['double: reconciliation expects REFUND of refund a 2 times', { expectations: [...books.expectations, books.expectations[1]!] }],
    ['disagree: its refund b is failed at the gateway, and order does not know it', { orderRefunds: books.orderRefunds.slice(0, 1) }],
    ['disagree: its refund a is USD 300 and USD 250 at the gateway', { refunds: first(books.refunds, { amount: usd(250) }) }],
    ['disagree: its refund a is USD 250 at the gateway and USD 300 at Alipay', { refunds: first(books.refunds, { amount: usd(250) }) }],
    ['lost: its refund a is failed and succeeded at the gateway', { orderRefunds: first(books.orderRefunds, { status: 'failed' }) }],
    ['disagree: its refund a is reversed and succeeded at the gateway', { orderRefunds: first(books.orderRefunds, { status: 'reversed' }) }],
    ['disagree: its refund a is succeeded and failed at the gateway', { refunds: first(books.refunds, { status: 'failed' }) }],
    ["disagree: its refund a is AR7 of Alipay's and AR1 at the gateway", { orderRefunds: first(books.orderRefunds, { alipayRefundId: 'AR7' }) }],
    ['disagree: its refund a is AR7 at the gateway and AR1 at Alipay', { refunds: first(books.refunds, { alipayRefundId: 'AR7' }) }],
    ['disagree: its refund a is succeeded at the gateway, and Alipay does not know it', { ledger: [listed] }],
    ['disagree: its refund a is succeeded at the gateway, and Alipay has it as FAIL', { ledger: [{ ...listed, refunds: first(books.ledger[0]!.refunds, { status: 'FAIL' }) }] }],
    ['disagree: its refund a is of payment P1, at Alipay of P2', { ledger: [listed, { ...books.ledger[0]!, paymentId: 'P2' }] }],
    ['disagree: its refund a is USD 300, its store was told USD 30', { told: books.told.map((said) => (said.refundKey === 'a' ? { ...said, amount: usd(30) } : said)) }],
    ['disagree: its store was told order.refunded of z, and that is not so', { told: [...books.told, { type: 'order.refunded', refundKey: 'z', times: 1, contents: 1, amount: usd(1) }] }],
    ['disagree: its refund a is USD 300, reconciliation expects USD 300', { expectations: books.expectations.map((each) => (each.type === 'REFUND' ? { ...each, amount: usd(300) } : each)) }],
    ['disagree: reconciliation expects REFUND R9, which the gateway did not give', { expectations: [...books.expectations, { ...books.expectations[1]!, requestId: 'R9' }] }],
    ['disagree: what order has as refunded is 200, its refunds come to 300', { order: { ...order, refunded: usd(200) } }],
    ['disagree: what order has as being refunded is 1, its refunds come to 0', { order: { ...order, refunding: usd(1) } }],
    ['disagree: what the gateway has as refunded of P1 is 0, its refunds come to 300', { payments: [payment] }],
    ['disagree: what the gateway has as being refunded of P1 is 5, its refunds come to 0', { payments: [{ ...books.payments[0]!, refunding: usd(5) }] }],
  ])('%s', (what, change) => {
    expect(findings(books, change)).toContain(what);
  });

  it('may have a refund that waits for a person, or for which there is still time', () => {
    const open = { refunds: first(books.refunds, { status: 'unknown' }) };
    expect(findings(books, { ...open, payments: [{ ...books.payments[0]!, hasAttention: true }] }).filter((found) => found.includes('still'))).toEqual([]);
    expect(findings(books, open, false).filter((found) => found.includes('still'))).toEqual([]);
  });

  it('must expect a bounced refund to come back', () => {
    const { expectations } = bounced();
    expect(findings(bounced(), { expectations: expectations.slice(0, 2) })).toEqual(['lost: its refund a is reversed, and reconciliation expects no REFUND_REVERSAL']);
  });
});

describe('money that came after the order had ended', () => {
  const books = lateAndGivenBack();

  it('is lost when it is neither given back nor known to a person', () => {
    const kept = { ...lateAndWaiting(), payments: [{ ...payment, status: 'expired' }] };
    expect(findings(kept)).toEqual(['lost: payment P1 is paid at Alipay and expired at the gateway']);
  });

  it('has time to be given back, and not for ever', () => {
    const going = { ...lateAndWaiting(), payments: [{ ...payment, status: 'expired', isGivingBack: true }] };
    expect(findings(going, {}, false)).toEqual([]);
    expect(findings(going)).toEqual(['lost: payment P1 is paid at Alipay and expired at the gateway', 'lost: what came late for payment P1 is still being given back']);
  });

  it('is expected with what gave it back', () => {
    expect(findings(books, { expectations: books.expectations.slice(1) })).toEqual(['lost: payment P1 was paid late, and reconciliation does not expect it']);
    expect(findings(books, { expectations: books.expectations.slice(0, 1) })).toEqual(['lost: its give-back G1 is succeeded, and reconciliation expects no REFUND']);
  });

  it('may be given back by a cancel', () => {
    const cancelled = { refunds: [], ledger: [{ ...listed, status: 'CANCELLED' as const }] };
    expect(findings(books, { ...cancelled, expectations: books.expectations.slice(0, 1) })).toEqual([]);
    expect(findings(books, { ...cancelled, refunds: [giveBack], expectations: books.expectations })).toEqual(['disagree: its give-back G1 is succeeded at the gateway, and Alipay does not know it']);
  });
});
