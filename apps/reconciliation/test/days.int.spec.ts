import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dayView, expectationsView, importView, type BreakView } from '@scantill/contracts';
import { DATE, file, row, sales, World } from './world.js';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => { keys = await world.reset(); });

describe('a day', () => {
  it('is not known before a payment or a file of it is', async () => {
    expect(await world.day(keys.finance)).toMatchObject({ status: 404, body: { code: 'day.not-found' } });
    expect(await world.breaks(keys.finance)).toMatchObject({ status: 404, body: { code: 'day.not-found' } });
    expect(await world.day(keys.finance, '2026-02-30')).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
    await world.receive(sales(2).map((sale) => world.succeeded(sale)));
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ complete: false, files: [], lines: { count: 0 }, expected: { count: 2 }, matched: { count: 0 }, breaks: [] }]);
  });

  it('may be written as Alipay writes it, and answers as it is described', async () => {
    await world.receive(sales(2).map((sale) => world.succeeded(sale)));
    const imported = await world.upload(keys.finance, file([row({ number: 1, minor: 1n }), row({ number: 9, minor: 1_200n, currency: 'JPY' })]));
    const { body } = await world.day(keys.finance, '20261124');
    expect([dayView.safeParse(body).success, importView.safeParse(imported.body).success, expectationsView.safeParse((await world.expectations(keys.till, 1)).body).success]).toEqual([true, true, true]);
    expect(body).toMatchObject({
      date: DATE,
      accounts: [{
        lines: { count: 2, amounts: [{ currency: 'JPY', minor: '1200' }, { currency: 'USD', minor: '1' }] }, expected: { count: 2 }, matched: { count: 0 },
        breaks: [
          { kind: 'amount-differs', count: 1, amountAtRisk: [{ currency: 'USD', minor: '1000' }] }, { kind: 'missing-at-alipay', count: 1 },
          { kind: 'missing-with-us', count: 1, amountAtRisk: [{ currency: 'JPY', minor: '1200' }] },
        ],
      }],
    });
  });

  it('belongs to the chain of the key', async () => {
    await world.receive([world.succeeded({ number: 1, minor: 1n })]);
    await world.upload(keys.finance, file([]));
    expect([(await world.day(keys.stranger)).status, (await world.breaks(keys.stranger)).status]).toEqual([404, 404]);
    expect((await world.expectations(keys.stranger, 1)).body.expectations).toEqual([]);
    expect(await world.upload(keys.stranger, file([row({ number: 1, minor: 1n })]))).toMatchObject({ status: 422, body: { detail: expect.stringContaining('no such account') } });
  });

  it('is open to whoever may read reports of the whole chain', async () => {
    for (const key of [keys.till, keys.store]) {
      expect([(await world.day(key)).status, (await world.breaks(key)).status, (await world.upload(key, file([]))).status]).toEqual([403, 403, 403]);
    }
    expect([(await world.day('nobody')).status, (await world.expectations(keys.finance, 1)).status]).toEqual([401, 200]);
  });
});

describe('the breaks of a day', () => {
  const formula = '=HYPERLINK("http://x")';

  beforeEach(async () => {
    await world.receive(sales(3).map((sale) => world.succeeded(sale)));
    await world.upload(keys.finance, file([row({ number: 8, minor: -250n }, { transactionType: 'REFUND', transactionId: '-8' }), row({ number: 9, minor: 500n, currency: 'JPY' }, { customerId: '1022188000000000001', transactionId: formula.replaceAll('"', '') })]));
  });

  it('come in pages, each once', async () => {
    const seen: BreakView[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { body } = await world.breaks(keys.finance, `?limit=2${after === '' ? '' : `&after=${after}`}`);
      expect(body.breaks.length).toBeLessThanOrEqual(2);
      seen.push(...body.breaks);
      after = body.next;
    }
    expect([seen.length, new Set(seen.map(({ breakId }) => breakId)).size]).toEqual([5, 5]);
  });

  it('are listed by state', async () => {
    await world.upload(keys.finance, file(sales(3).map((sale) => row(sale))));
    expect((await world.breaks(keys.finance)).body.breaks).toEqual([]);
    const resolved = (await world.breaks(keys.finance, '?status=resolved')).body.breaks;
    expect([resolved.length, resolved.filter(({ family }) => family === 'file').map(({ kind }) => kind)]).toEqual([6, ['file-reissued']]);
    expect((await world.breaks(keys.finance, '?status=all&account=demo-usd')).body.breaks[0]).toMatchObject({ status: 'resolved', resolvedAt: expect.any(String) });
    expect((await world.breaks(keys.finance, '?status=all&account=other-usd')).body.breaks).toEqual([]);
  });

  it('come as CSV with the digits of the currency, and with nothing that a spreadsheet would run', async () => {
    for (const answer of [await world.breaks(keys.finance, '?format=csv'), await world.call('GET', `/v1/days/${DATE}/breaks`, keys.finance, { headers: { accept: 'text/csv' } })]) {
      const [header, ...lines] = answer.text.trimEnd().split('\n');
      expect(header).toBe('break,kind,status,account,date,type,order,payment,alipay id,ours,ours currency,theirs,theirs currency,amount at risk,currency at risk,opened at,resolved at,file sha256,file line,raw line,event,family,severity,age,store,owner,due,caused by,explanation,note');
      expect(lines).toHaveLength(5);
      expect(answer.text).toMatch(/missing-at-alipay,open,demo-usd,2026-11-24,PAYMENT,A-1,0+1,[0-9]+,10\.01,USD,,,10\.01,USD,/);
      expect(answer.text).toMatch(/missing-with-us,open,demo-usd,2026-11-24,REFUND,A-8,,'-8,,,-2\.50,USD,2\.50,USD,/);
      expect(answer.text).toMatch(/missing-with-us,open,demo-usd,2026-11-24,PAYMENT,A-9,,'=HYPERLINK\(http:\/\/x\),,,500,JPY,500,JPY,/);
    }
  });
});
