import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { AMOUNT, at, cancel, codeExpired, codeIssued, place, refund, refundFailed, refundReversed, refundSucceeded, succeeded, tell } from '../../test/orders.js';
import { decide, type OrderInput } from './decide-order.js';
import { REFUNDS_MAX, refundSums } from './refund.js';

const paid = [place, codeIssued, succeeded()];
const usd = (cents: bigint) => money('USD', cents);

/** What an input does after a history: its events, or why it is refused. */
function answer(history: readonly OrderInput[], input: OrderInput): string {
  const decided = decide(tell(history).order, input);
  return decided.ok ? decided.value.map(({ kind }) => kind).join(' ') : decided.error.kind;
}

describe('a refund that is asked for', () => {
  it('reserves its amount at once, and without an amount all that is left', () => {
    const { order, events } = tell([...paid, refund('part', 400n), refund('rest')]);
    expect(events.slice(-2)).toMatchObject([{ kind: 'RefundRequested', refund: { key: 'part', amount: usd(400n) } }, { kind: 'RefundRequested', refund: { key: 'rest', amount: usd(699n), asked: null } }]);
    expect(refundSums(order)).toEqual({ refunded: usd(0n), refunding: AMOUNT, left: usd(0n) });
    expect(order.status).toBe('paid');
  });

  it('is refused where there is nothing to give back, or not as much', () => {
    expect(answer([place], refund('all'))).toBe('OrderNotPaid');
    expect(answer([place, codeIssued, cancel], refund('all'))).toBe('OrderNotPaid');
    expect(answer([place, codeIssued, codeExpired, cancel], refund('all'))).toBe('OrderNotPaid');
    expect(answer(paid, refund('much', 1_100n))).toBe('RefundExceedsPaid');
    expect(answer([...paid, refund('all')], refund('more', 1n))).toBe('RefundExceedsPaid');
    expect(answer([...paid, refund('all')], refund('rest'))).toBe('RefundExceedsPaid');
    expect(answer(paid, { ...refund('euros'), amount: money('EUR', 1n) } as OrderInput)).toBe('RefundCurrencyDiffers');
  });

  it('is one that does not exist for the key of another store', () => {
    expect(answer(paid, { ...refund('all'), storeId: 'pier-1' } as OrderInput)).toBe('RefundRequested');
    expect(answer(paid, { ...refund('all'), storeId: 'pier-2' } as OrderInput)).toBe('OrderNotFound');
  });

  it('is the same refund under the same key, however it ended, and a conflict with other content', () => {
    const asked = [...paid, refund('part', 400n), refund('rest')];
    for (const history of [asked, [...asked, refundFailed('part', 400n), refundSucceeded('rest', 699n)], [...asked, refundSucceeded('part', 400n), refundReversed('part', 400n)]]) {
      for (const again of [refund('part', 400n), refund('rest')]) expect(answer(history, again)).toBe('');
      for (const other of [refund('part', 401n), refund('part'), refund('part', 400n, 'too hot'), refund('rest', 699n)]) expect(answer(history, other)).toBe('IdempotencyConflict');
    }
  });

  it(`is refused after ${REFUNDS_MAX} others, whatever became of them`, () => {
    const many = Array.from({ length: REFUNDS_MAX }, (_, n) => [refund(`r${n}`, 1n), refundFailed(`r${n}`, 1n)]).flat();
    expect(answer([...paid, ...many], refund('one-more', 1n))).toBe('TooManyRefunds');
    expect(answer([...paid, ...many], refund('r0', 1n))).toBe('');
    expect(answer([...paid, ...many.slice(2)], refund('one-more', 1n))).toBe('RefundRequested');
  });
});

describe('a refund', () => {
  const asked = [...paid, refund('part', 400n)];
  const histories: Readonly<Record<string, readonly OrderInput[]>> = {
    requested: asked,
    succeeded: [...asked, refundSucceeded('part', 400n)],
    failed: [...asked, refundFailed('part', 400n)],
    reversed: [...asked, refundSucceeded('part', 400n), refundReversed('part', 400n)],
    'failed, its reserve taken': [...asked, refundFailed('part', 400n), refund('rest')],
  };
  const reports = { succeeded: refundSucceeded('part', 400n), failed: refundFailed('part', 400n), reversed: refundReversed('part', 400n), 'other amount': refundSucceeded('part', 401n) };
  const expected = {
    requested: { succeeded: 'RefundSucceeded', failed: 'RefundFailed', reversed: 'AttentionNeeded', 'other amount': 'AttentionNeeded' },
    succeeded: { succeeded: '', failed: 'AttentionNeeded', reversed: 'RefundReversed AttentionNeeded', 'other amount': 'AttentionNeeded' },
    failed: { succeeded: 'RefundSucceeded AttentionNeeded', failed: '', reversed: 'AttentionNeeded', 'other amount': 'AttentionNeeded' },
    reversed: { succeeded: '', failed: 'AttentionNeeded', reversed: '', 'other amount': 'AttentionNeeded' },
    'failed, its reserve taken': { succeeded: 'AttentionNeeded', failed: '', reversed: 'AttentionNeeded', 'other amount': 'AttentionNeeded' },
  };

  it.each(Object.keys(histories))('that is %s does what the table says with every report', (state) => {
    const found = Object.entries(reports).map(([name, report]) => [name, answer(histories[state] ?? [], report)]);
    expect(Object.fromEntries(found)).toEqual(expected[state as keyof typeof expected]);
  });

  it('that failed gives its reserve up, and one that bounced is owed again', () => {
    expect(refundSums(tell(histories['failed']!).order)).toEqual({ refunded: usd(0n), refunding: usd(0n), left: AMOUNT });
    const { order } = tell(histories['reversed']!);
    expect(refundSums(order).left).toEqual(AMOUNT);
    expect(order).toMatchObject({ status: 'paid', attention: 'refund part bounced: the customer did not get the money', refunds: [{ status: 'reversed', reversedAt: at(86_400) }] });
  });

  it('makes the order partly refunded, or refunded with all the others', () => {
    const { order } = tell(histories['succeeded']!);
    expect(order.status).toBe('partly-refunded');
    expect(tell([refund('rest'), refundSucceeded('rest', 699n)], order).order.status).toBe('refunded');
  });

  it('that nobody asked for is a matter for a person, but not what the gateway gives back by itself', () => {
    expect(answer(paid, refundSucceeded('unasked', 1n))).toBe('AttentionNeeded');
    expect(answer([place], refundSucceeded('unasked', 1n))).toBe('AttentionNeeded');
    for (const report of [refundSucceeded, refundFailed, refundReversed]) expect(answer(paid, report(null, 1_099n))).toBe('');
  });
});
