import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakListView } from '@scantill/contracts';
import { row, settledFile, SETTLED_NAME, settledRow, World, type Sale } from './world.js';

/** 2 % and 0.10, with a tolerance of 0.02. */
const TERMS = { feeRate: '0.02', feeFixed: '0.10', feeOnRefund: 'returned', rateMode: 'locked', period: { every: 'day', workingDays: 1 } };

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set('2026-11-26T12:00:00+08:00');
});

async function agree(validFrom: string, terms: object = {}): Promise<void> {
  expect((await world.ask('PUT', `/v1/contracts/demo-usd/${validFrom}`, keys.ann, { ...TERMS, ...terms })).status).toBe(201);
}

/** The breaks that a file of these sales comes to. */
async function settle(sales: readonly (Sale & { readonly fee: bigint })[]): Promise<string[]> {
  await world.receive(sales.map((sale) => world.succeeded(sale)));
  expect(await world.send(keys.finance, settledFile(sales.map(({ fee, ...sale }) => settledRow(row(sale), fee))), SETTLED_NAME)).toMatchObject({ status: 201 });
  const { breaks } = (await world.ask<BreakListView>('GET', '/v1/breaks?kind=fee-differs', keys.ann)).body;
  return breaks.map(({ orderId, ours, theirs }) => `${orderId} ${ours?.minor} ${theirs?.minor}`).sort();
}

describe('the fee of what is paid out', () => {
  it('is that of the contract which the day of its payment is in, and any where none is', async () => {
    await agree('2026-11-01', { validUntil: '2026-11-10' });
    await agree('2026-11-21', { feeRate: '0.01', feeFixed: '0' });
    const on = (number: number, day: string, fee: bigint) => ({ number, minor: 1_000n, paidAt: `${day}T10:00:00+08:00`, fee });
    expect(await settle([
      on(1, '2026-10-31', -700n), on(2, '2026-11-01', -30n), on(3, '2026-11-10', -10n), on(4, '2026-11-11', -700n), on(5, '2026-11-20', -700n), on(6, '2026-11-21', -10n), on(7, '2026-11-24', -30n),
    ])).toEqual(['A-3 -30 -10', 'A-7 -10 -30']);
  });

  it('is told to the cent, of the largest amounts too', async () => {
    await agree('2026-11-01');
    // 9,999,999,999.99 × 2 % + 0.10 = 200,000,000.0998, and 9,999,999,974.99 × 2 % + 0.10 = 199,999,999.5998: 0.02 off is within the tolerance.
    const [largest, other] = [{ number: 1, minor: 999_999_999_999n }, { number: 2, minor: 999_999_997_499n }];
    expect(await settle([
      { ...largest, fee: -20_000_000_012n }, { ...largest, number: 3, fee: -20_000_000_013n }, { ...other, fee: -19_999_999_962n }, { ...other, number: 4, fee: -19_999_999_963n }, { ...other, number: 5, fee: -19_999_999_957n },
    ])).toEqual(['A-3 -20000000010 -20000000013', 'A-4 -19999999960 -19999999963', 'A-5 -19999999960 -19999999957']);
  });
});
