import { beforeAll, describe, expect, it } from '@jest/globals';
import type { BreakView } from '@scantill/contracts';
import { closeDay, confirm, decline, fileOf, paymentOf } from './alipay-side.js';
import { eventually } from './eventually.js';
import { arrived, breakOf, breaks, expectationsOf, upload } from './finance.js';
import { orderPaid, orderWhen, sell } from './till.js';

const STRANGE_ID = '2026999999999999999999999999';

/** A row like another one, but for this. */
function rowLike(row: string, header: string, changes: Readonly<Record<string, string>>): string {
  const names = header.trim().split(',');
  return row.trim().split(',').map((cell, index) => changes[names[index] ?? ''] ?? cell).join(',');
}

describe("a day of Alipay's that lists as paid what nobody here expected", () => {
  let declined: { orderId: string; paymentId: string };
  let found: readonly BreakView[];

  beforeAll(async () => {
    await closeDay();
    const [sold, other] = [await sell(), await sell()];
    await confirm(sold.code);
    await orderPaid(sold.orderId);
    await decline(other.code);
    await orderWhen(other.orderId, 'to be declined', ({ codeStatus }) => codeStatus === 'closed');
    await expectationsOf(sold.orderId, 1);
    declined = { orderId: other.orderId, paymentId: other.paymentId };
    const closed = await closeDay();
    await arrived(closed.date, 'demo-usd');
    const { name, text } = await fileOf(closed);
    const lines = text.trimEnd().split('\n');
    const row = lines.find((line) => line.includes(sold.paymentId)) ?? '';
    const { paymentId } = await paymentOf(other.orderId);
    const ofDeclined = rowLike(row, lines[0]!, { transactionId: paymentId, transactionRequestId: other.paymentId, referenceTransactionId: `demo_${other.orderId}` });
    const ofNobody = rowLike(row, lines[0]!, { transactionId: STRANGE_ID, transactionRequestId: '', referenceTransactionId: 'demo_never-placed' });
    // A further part of the day: the first one stays as it is.
    await upload(name.replace('_000.', '_001.'), `${[lines[0], ofDeclined, ofNobody, lines.at(-1)].join('\n')}\n`);
    found = (await breaks(closed.date)).breaks;
  });

  /** What stands in the history of a break once Alipay was asked. */
  const answerAbout = (alipayId: string) => eventually(`an answer about ${alipayId}`, async () => {
    const breakId = found.find((each) => each.alipayId === alipayId)?.breakId;
    return breakId !== undefined && (await breakOf(breakId)).history.find(({ action }) => action === 'inquiry-answered');
  });

  it('has a break for each, and no other', () => {
    expect(found.map(({ kind, orderId }) => [kind, orderId]).sort()).toEqual([['missing-with-us', declined.orderId], ['missing-with-us', 'never-placed']].sort());
  });

  it('makes the gateway ask about a payment that was declined: Alipay says so, and so do we', async () => {
    const { paymentId } = await paymentOf(declined.orderId);
    expect(await answerAbout(paymentId)).toMatchObject({
      by: { kind: 'system', name: 'payment-gateway' },
      details: { answer: { outcome: 'found', status: 'failed', askedBy: 'request-id', requestId: declined.paymentId, known: { paymentId: declined.paymentId, orderId: declined.orderId, status: 'failed' } } },
    });
  });

  it('and about one that nobody knows, Alipay neither', async () => {
    expect(await answerAbout(STRANGE_ID)).toMatchObject({ details: { answer: { outcome: 'not-found', askedBy: 'alipay-id', known: null } } });
  });
});
