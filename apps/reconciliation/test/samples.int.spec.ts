import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BreakListView } from '@scantill/contracts';
import { Books } from './books.js';
import { sampleBytes, samples, sampleText, workbookOf, type Sample } from './samples.js';
import { World } from './world.js';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());

type Report = keyof Sample['files'];
const reports = ['transactions', 'settled', 'summary'] as const;

/** The account as the sample has it, and everything expected that its files list. */
async function begin({ account, expected, days }: Sample): Promise<void> {
  keys = await world.reset();
  world.platform.clock.set(`${days.settled}T12:00:00+08:00`);
  await world.database.query(`update directory_entries set data = data || $1::jsonb, position = nextval('directory_positions') where kind = 'account' and id = 'demo-usd'`, [JSON.stringify(account)]);
  await world.platform.directory.refresh();
  const books = new Books(world.database);
  for (const row of expected) await books.expect(row);
}

const send = (content: string | Buffer, name: string) => world.send(keys.finance, content, name);

async function breaks(): Promise<string[]> {
  const { breaks: found } = (await world.ask<BreakListView>('GET', '/v1/breaks', keys.ann)).body;
  return found.map(({ kind, transactionType, amountAtRisk: { currency, minor }, causedBy }) => `${kind} ${transactionType} ${currency} ${minor}${causedBy === null ? '' : ' caused'}`).sort();
}

/** Everything that imports wrote, as a person would write it down. */
async function written() {
  const texts = async (query: string) => (await world.database.query<{ text: string }>(query)).map(({ text }) => text);
  const rows = async (query: string) => (await world.database.query<Record<string, unknown>>(query)).map((row) => Object.values(row));
  const principal = `concat_ws(' ', class, type, currency, amount_minor)`;
  return {
    lines: await texts(`select ${principal} || coalesce(' = ' || net_currency || ' ' || net_minor || ' fee ' || fee_minor, '') as text from lines order by line`),
    settled: await texts(`select ${principal} || concat(' = ', net_currency, ' ', net_minor, ' fee ', fee_minor, ' coupon ', coupon_minor) || coalesce(' at ' || quote_pair || ' ' || quote_price, '') as text
      from settled_lines where net_fault is null and expected_net_minor is null order by line`),
    sums: await rows(`select type, count, net_minor::int, coupon_minor::int, fees from batch_sums order by type`),
    summary: await rows(`select type, count, net_minor::int, coupon_minor::int, fees from summary_rows where type <> 'TOTAL' order by type`),
    total: (await rows(`select count, net_minor::int, coupon_minor::int, fees from summary_rows where type = 'TOTAL'`))[0],
  };
}

/** A summary is kept without what is nothing. */
function withoutZeros(fees: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(fees).filter(([, minor]) => minor !== '0'));
}

describe.each(samples)('the reports of generation $generation', (sample) => {
  const { lines, settled, sums, total, files, days } = sample;

  it.each(['csv', 'xlsx'])('are kept as they were worked out by hand, and agree with what was expected: as %s', async (format) => {
    await begin(sample);
    for (const report of reports) {
      const csv = sampleText(sample, files[report]);
      const answer = await (format === 'csv' ? send(sampleBytes(sample, files[report]), files[report]) : send(workbookOf(csv), files[report].replace('.csv', '.xlsx')));
      expect([report, answer]).toMatchObject([report, { status: 201, body: { breaksOpened: 0 } }]);
    }
    expect(await written()).toEqual({ lines, settled, sums, summary: sums.map(([type, count, net, coupon, fees]) => [type, count, net, coupon, withoutZeros(fees)]), total });
    expect(await breaks()).toEqual([]);
    const ofDays = await Promise.all([days.traded, days.settled].map(async (day) => (await world.ask<{ runs: readonly object[] }>('GET', `/v1/days/${day}/runs`, keys.finance)).body.runs));
    const ours = (all: readonly string[]) => all.filter((text) => text.startsWith('order')).length;
    expect(ofDays).toMatchObject([[{ kind: 'transactions', lines: ours(lines), matched: ours(lines), breaksOpen: 0 }], [{ kind: 'settlement', lines: ours(settled), matched: ours(settled), breaksOpen: 0 }]]);
  });
});

it('settlement items downloaded as a workbook say the same', async () => {
  const sample = samples[1];
  await begin(sample);
  expect(await send(sampleBytes(sample, 'SETTLEMENT_DETAIL_2023041510301040777_20230415.xlsx'), 'SETTLEMENT_DETAIL_2023041510301040777_20230415.xlsx')).toMatchObject({ status: 201, body: { lines: 5 } });
  expect(await written()).toMatchObject({ settled: sample.settled, sums: sample.sums });
});

interface Change {
  readonly sample: Sample;
  readonly changed: Report;
  readonly from: string;
  readonly to: string;
  readonly expected: readonly string[];
}

describe('one number that is another', () => {
  const [A, B, C] = samples;
  const changes: readonly Change[] = [
    { sample: A, changed: 'transactions', from: '-9000,KRW', to: '-9001,KRW', expected: ['amount-differs REFUND KRW 1'] },
    // What the items come to is another, too: a consequence.
    { sample: A, changed: 'settled', from: '-9000,KRW,-725,USD', to: '-9000,KRW,-715,USD', expected: ['items-differ-from-summary REFUND USD 0 caused', 'net-differs REFUND USD 10'] },
    // A cent more in dollars, which is within what Alipay may round.
    { sample: A, changed: 'settled', from: '18000,KRW,1350,USD', to: '18012,KRW,1350,USD', expected: ['amount-differs PAYMENT KRW 12'] },
    { sample: A, changed: 'summary', from: '1,-725,USD,25,USD', to: '1,-724,USD,25,USD', expected: ['file-totals-differ settlement-summary USD 1'] },
    { sample: B, changed: 'transactions', from: '-20.50,SGD', to: '-20.05,SGD', expected: ['amount-differs REFUND SGD 45'] },
    { sample: B, changed: 'summary', from: '2,125.18,SGD', to: '2,125.81,SGD', expected: ['file-totals-differ settlement-summary SGD 63'] },
    { sample: C, changed: 'transactions', from: 'FAIL', to: 'SUCCESS', expected: ['missing-with-us PAYMENT USD 700'] },
    // 12.50 × 1.2428 = 15.535, a half that goes to the even cent: 15.54, less 0.29.
    { sample: C, changed: 'settled', from: 'EUR,13.99,1.1428', to: 'EUR,13.99,1.2428', expected: ['net-differs PAYMENT EUR 126'] },
    // The price of a pound in dollars says nothing of euros.
    { sample: C, changed: 'settled', from: '13.99,1.1428,GBP/EUR', to: '13.99,1.1428,GBP/USD', expected: ['fx-differs PAYMENT EUR 1399'] },
  ];

  it.each(changes.map((change) => ({ ...change, generation: change.sample.generation })))('is exactly the right break: $to in $changed of $generation', async ({ sample, changed, from, to, expected }) => {
    await begin(sample);
    expect(sampleText(sample, sample.files[changed])).toContain(from);
    for (const report of reports) await send(sampleText(sample, sample.files[report]).replace(report === changed ? from : '', report === changed ? to : ''), sample.files[report]);
    expect(await breaks()).toEqual(expected);
  });
});
