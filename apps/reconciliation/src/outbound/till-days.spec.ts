import { describe, expect, it } from '@jest/globals';
import type { Statement, Tx } from '@scantill/platform';
import { TillDays } from './till-days.js';

const NOW = new Date('2026-11-24T12:00:00+08:00');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

/** What is asked of the database on the way of payments of such ages. */
async function asked(...paidAt: readonly (Date | null)[]): Promise<string[]> {
  const names: string[] = [];
  const tx: Tx = { query: async ({ name }: Statement) => { names.push(name); return []; }, afterCommit: () => undefined };
  await new TillDays(undefined as never).changed(tx, paidAt.map((at) => ({ chainId: 'demo', storeId: 'S001', paidAt: at })), NOW);
  return names;
}

describe('a payment that we hear of', () => {
  it('at once, costs nothing: its day cannot have been compared', async () => expect(await asked(NOW, ago(299), ago(-60), null)).toEqual([]));

  it('later, costs one look, with all that come with it', async () => expect(await asked(NOW, ago(301), ago(86_400))).toEqual(['till-days-closed']));
});
