import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { camt053, IBAN, summaryFile } from './batch-files.js';
import { Intakes } from './intakes.js';
import { World } from './world.js';
import { zip } from './zip.js';

const SAMPLES = join(import.meta.dirname, '..', 'src', 'outbound', 'samples');
const sample = (name: string) => readFileSync(join(SAMPLES, name));
const A = 'A/settlementSummary_KaKaoPay_USD_2018122611021040123_000.csv';
const B = 'B/settlementSummary_SGD_2023041510301040777_000.csv';
const C = 'C/settlementSummary_CONNECTWALLET_EUR_202604271985548486_000.csv';
const rows = [{ type: 'PAYMENT', count: 2, net: 1_450n, fee: -50n }];
const CSV = { delimiter: ';', decimal: ',', dateForm: 'DD.MM.YYYY', skipLines: 1, currency: 'USD', columns: { date: 'Day', amount: 'Amount', text: ['Text'], reference: 'Ref' } };

let world: World;
let intakes: Intakes;

beforeAll(async () => {
  world = await World.open();
  intakes = await Intakes.open(world);
});
afterAll(async () => {
  await intakes.close();
  await world.close();
});
beforeEach(async () => {
  await world.reset();
  world.platform.clock.set('2026-11-24T20:00:00+08:00');
});

async function setBank(bank: object): Promise<void> {
  await world.database.query(`update directory_entries set data = data || $1::jsonb, position = nextval('directory_positions') where id = 'demo-usd'`, [JSON.stringify({ bank })]);
  await world.platform.directory.refresh();
}

const kept = () => world.database.query(`select type, count, currency, net_minor, coupon_minor, fees from summary_rows s join files f on f.id = s.file_id where f.status = 'in-force' order by line`);
const bankLines = () => world.database.query(`select line, booked_on::text, currency, amount_minor, text, reference from bank_lines l join files f on f.id = l.file_id where f.status = 'in-force' order by line`);

describe('a settlement summary', () => {
  it('of generation A is kept as it was worked out', async () => {
    expect(await intakes.summary(sample(A))).toMatchObject({ ok: true, value: { staged: {
      lines: 3, generation: 'A', customerIds: ['1022188000000000001'], accountId: null, date: '2018-12-26', batchIds: ['2018122611021040123'], totals: [{ currency: 'USD', minor: 2_075n }],
    } } });
    expect(await kept()).toEqual([
      { type: 'TOTAL', count: 3, currency: 'USD', net_minor: 2_075n, coupon_minor: 100n, fees: { fee: '-75' } },
      { type: 'PAYMENT', count: 2, currency: 'USD', net_minor: 2_800n, coupon_minor: 100n, fees: { fee: '-100' } },
      { type: 'REFUND', count: 1, currency: 'USD', net_minor: -725n, coupon_minor: 0n, fees: { fee: '25' } },
    ]);
  });

  it('of generations B and C is kept with each of its fees', async () => {
    expect(await intakes.summary(sample(B), { unit: 'major' })).toMatchObject({ ok: true, value: { staged: { generation: 'B', date: '2023-04-15', totals: [{ currency: 'SGD', minor: 9_604n }] } } });
    expect((await kept()).at(-1)).toEqual({ type: 'TOTAL', count: 5, currency: 'SGD', net_minor: 9_604n, coupon_minor: 0n, fees: { fee: '-200', taxFee: '-16', processingFee: '-30' } });
    expect(await intakes.summary(sample(C), { unit: 'major' })).toMatchObject({ ok: true, value: { staged: { generation: 'C', date: '2026-04-27', totals: [{ currency: 'EUR', minor: 8_005n }] } } });
    expect(await kept()).toContainEqual({ type: 'TOTAL', count: 5, currency: 'EUR', net_minor: 8_005n, coupon_minor: 0n, fees: { paymentMethodFee: '-171', fxFee: '-43', withholdingTax: '-17', refundFee: '-10' } });
  });

  it('is the same as a workbook', async () => {
    expect((await intakes.summary(sample(A))).ok).toBe(true);
    const fromText = await kept();
    const lines = sample(A).toString('utf8').trim().split('\n').map((line) => line.split(','));
    const cells = lines.map((cells, row) => `<row r="${row + 1}">${cells.map((text) => `<c t="inlineStr"><is><t>${text.replace('<', '&lt;').replace('>', '&gt;')}</t></is></c>`).join('')}</row>`);
    const book = zip([
      { name: 'xl/workbook.xml', content: '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>' },
      { name: 'xl/_rels/workbook.xml.rels', content: '<Relationships><Relationship Id="r1" Target="worksheets/a.xml"/></Relationships>' },
      { name: 'xl/worksheets/a.xml', content: `<worksheet><sheetData>${cells.join('')}</sheetData></worksheet>` },
    ]);
    expect(await intakes.summary(book, { format: 'xlsx' })).toMatchObject({ ok: true, value: { completes: true } });
    expect(await kept()).toEqual(fromText);
  });

  it('of a cycle without transactions says that nothing is paid out', async () => {
    const header = summaryFile('B', '2026-11-24', []).split('\n')[0];
    expect(await intakes.summary(`${header}\n<END>\n`)).toMatchObject({ ok: true, value: { staged: { lines: 0, date: null, batchIds: [], customerIds: [] } } });
  });

  it('supersedes by itself only where it says what the one before did, and at most fees more', async () => {
    const first = summaryFile('2026112411021040123', '2026-11-24', [{ type: 'PAYMENT', net: 725n }]);
    expect(await intakes.summary(first)).toMatchObject({ ok: true, value: { completes: null } });
    expect(await intakes.summary(summaryFile('2026112411021040123', '2026-11-24', [{ type: 'PAYMENT', net: 725n, fee: -25n }]))).toMatchObject({ ok: true, value: { completes: true } });
    expect(await intakes.summary(first)).toMatchObject({ ok: true, value: { completes: false } });
    expect(await intakes.summary(summaryFile('2026112411021040123', '2026-11-24', [{ type: 'PAYMENT', net: 726n }]))).toMatchObject({ ok: true, value: { completes: false } });
  });

  it('that does not add up is refused, and nothing of it is kept', async () => {
    const wrong = summaryFile('2026112411021040123', '2026-11-24', rows, { type: 'TOTAL', count: 2, net: 1_451n, fee: -50n });
    expect(await intakes.summary(wrong)).toEqual({ ok: false, error: { kind: 'SummaryDiffers', faults: [{ kind: 'TotalDiffers', batchId: '2026112411021040123', currency: 'USD', line: 2, differs: [{ figure: 'net', ours: 1_450n, theirs: 1_451n }] }] } });
    const right = summaryFile('2026112411021040123', '2026-11-24', rows);
    for (const [content, unit, error] of [
      [right.replace('<END>', ''), 'minor', { kind: 'EndMissing' }], [right.replace(/^.*TOTAL.*\n/m, ''), 'minor', { kind: 'SummaryDiffers', faults: [{ kind: 'TotalMissing' }] }],
      [right.replaceAll('1450', '14.50'), 'minor', { kind: 'BadRows', count: 2 }],
      [right.replace('-50,USD', '-50,EUR'), 'minor', { kind: 'BadRows', faults: [{ line: 2, column: null, reason: 'has amounts in EUR beside USD, in which it is paid out' }] }],
      [sample('A/settlementItems_KaKaoPay_USD_2018122611021040123_000.csv'), 'minor', { kind: 'MissingColumns', columns: ['summaryType', 'count'] }],
    ] as const) expect(await intakes.summary(content, { unit })).toMatchObject({ ok: false, error });
    expect(await intakes.summary(right, { format: 'xlsx' })).toMatchObject({ ok: false, error: { kind: 'NotWorkbook' } });
    expect([await kept(), await world.database.count('files')]).toEqual([[], 0]);
  });
});

describe("a bank's statement", () => {
  it('is kept as it came, sent as the body of a request', async () => {
    const content = camt053('S-7', '2026-11-25', []);
    const keys = await world.reset();
    const answer = await world.call<{ fileId: string }>('POST', '/v1/files?name=S-7.xml', keys.finance, { payload: content, headers: { 'content-type': 'application/xml' } });
    expect(answer.status).not.toBe(415);
    expect(await world.database.query('select name, bytes from files')).toEqual([{ name: 'S-7.xml', bytes: BigInt(Buffer.byteLength(content)) }]);
    expect((await world.call('POST', '/v1/files?name=S-7.xml', keys.finance, { payload: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(415);
  });

  it('in camt.053 belongs to the account whose number it names', async () => {
    await setBank({ number: 'de02 1203 0000 0000 2020 51' });
    const taken = await intakes.statement(camt053('S-7', '2026-11-25', [{ day: '2026-11-24', amount: '7.25', text: 'ALIPAY', reference: 'R-1' }, { day: '2026-11-24', amount: '3', way: 'DBIT' }]), 'any name.XML');
    expect(taken).toMatchObject({ ok: true, value: { staged: { lines: 2, accountId: 'demo-usd', date: '2026-11-25', partOf: 'S-7_2026-11-25', generation: null, totals: [{ currency: 'USD', minor: 425n }] } } });
    expect(await bankLines()).toEqual([
      { line: 1, booked_on: '2026-11-24', currency: 'USD', amount_minor: 725n, text: 'ALIPAY', reference: 'R-1' }, { line: 2, booked_on: '2026-11-24', currency: 'USD', amount_minor: -300n, text: '', reference: null },
    ]);
  });

  it('of another account is refused; one without a number of its own belongs to the account that is told', async () => {
    expect(await intakes.statement(camt053('S-1', '2026-11-25', []))).toMatchObject({ ok: true, value: { staged: { accountId: 'demo-usd', lines: 0, totals: [{ currency: 'USD', minor: 0n }] } } });
    await setBank({ number: IBAN });
    expect(await intakes.statement(camt053('S-2', '2026-11-25', [], 'DE99'), 'S.xml', 'demo-usd')).toEqual({ ok: false, error: { kind: 'OtherBankAccount', named: ['DE99'] } });
    const two = camt053('S-3', '2026-11-25', []).replace('</Stmt>', `</Stmt>${/<Stmt>.*<\/Stmt>/s.exec(camt053('S-4', '2026-11-25', [], 'DE99'))?.[0]}`);
    expect(await intakes.statement(two)).toEqual({ ok: false, error: { kind: 'OtherBankAccount', named: [IBAN, 'DE99'] } });
  });

  it('in CSV is read as the settings of the account say', async () => {
    expect(await intakes.statement('x', 'bank_2026-11.csv')).toEqual({ ok: false, error: { kind: 'MappingMissing', accountIds: ['demo-usd'] } });
    await setBank({ csv: CSV });
    const csv = 'Konto;1\nDay;Amount;Text;Ref\n24.11.2026;1.007,25;ALIPAY \u0000SETTLEMENT;R-1\n25.11.2026;-3;Fee;\n';
    expect(await intakes.statement(csv, 'bank_2026-11.csv')).toMatchObject({ ok: true, value: { staged: { accountId: 'demo-usd', date: '2026-11-25', partOf: '2026-11', totals: [{ currency: 'USD', minor: 100_425n }] } } });
    expect(await bankLines()).toMatchObject([{ line: 3, amount_minor: 100_725n, text: 'ALIPAY SETTLEMENT', reference: 'R-1' }, { line: 4, amount_minor: -300n, reference: null }]);
    expect(await intakes.statement('Konto;1\nDay;Amount;Text;Ref\n', 'bank_x.csv')).toEqual({ ok: false, error: { kind: 'StatementEmpty' } });
    expect(await intakes.statement(csv.replace('-3', 'three'), 'bank_x.csv')).toMatchObject({ ok: false, error: { kind: 'BadRows', faults: [{ line: 4, column: 'Amount' }] } });
  });

  it('supersedes by itself only where every line of the one before is in it', async () => {
    const line = { day: '2026-11-24', amount: '7.25', text: 'ALIPAY' };
    const edition = (lines: Parameters<typeof camt053>[2]) => intakes.statement(camt053('S-1', '2026-11-25', lines));
    expect(await edition([line])).toMatchObject({ ok: true, value: { completes: null } });
    expect(await edition([line, line])).toMatchObject({ ok: true, value: { completes: true } });
    expect(await edition([line])).toMatchObject({ ok: true, value: { completes: false } });
    expect(await edition([{ ...line, amount: '7.26' }])).toMatchObject({ ok: true, value: { completes: false } });
  });
});
