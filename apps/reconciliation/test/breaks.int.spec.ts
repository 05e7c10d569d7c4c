import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { breakDetailView, breakListView, type BreakDetailView, type BreakListView, type BreakView, type Problem } from '@scantill/contracts';
import { alipayId, DATE, file, row, sales, World, type Answer } from './world.js';

const NEXT = '2026-11-25';
const NEXT_NAME = 'transactionItems_20261125_000.csv';
const NOW = '2026-11-27T09:00:00+08:00';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set(NOW);
});

const list = (query = '', key = keys.ann) => world.ask<BreakListView>('GET', `/v1/breaks${query}`, key);
const show = (id: string, key = keys.ann) => world.ask<BreakDetailView>('GET', `/v1/breaks/${id}`, key);
const act = (id: string, action: string, key: string, body?: object): Promise<Answer<BreakDetailView & Pick<Problem, 'code'>>> => world.ask('POST', `/v1/breaks/${id}/${action}`, key, body);

/** A payment of 10.01 that the file does not list. */
async function missing(): Promise<string> {
  await world.receive([world.succeeded({ number: 1, minor: 1001n })]);
  await world.upload(keys.finance, file([]));
  return (await list()).body.breaks[0]!.breakId;
}

async function told(): Promise<string[]> {
  const rows = await world.database.query<{ type: string; sequence: number; resolution: string | null }>(`select payload::json->>'type' as type, (payload::json->>'sequence')::int as sequence,
    payload::json->'data'->>'resolution' as resolution from outbox where payload::json->>'type' like 'reconciliation.break%' order by id`);
  return rows.map(({ type, sequence, resolution }) => [type.split('.')[1], sequence, resolution].filter((part) => part !== null).join(' '));
}

describe('a break', () => {
  it('is shown with its kind, its age in business days, what is at risk, when it is due, and its history', async () => {
    const { status, body } = await show(await missing());
    expect([status, breakDetailView.safeParse(body).success, breakListView.safeParse((await list()).body).success]).toEqual([200, true, true]);
    expect(body).toMatchObject({
      kind: 'missing-at-alipay', family: 'timing', severity: 'high', status: 'open', storeId: 'S001', businessDate: DATE, ageDays: 3, age: '2-3', amountAtRisk: { minor: '1001' },
      owner: null, dueOn: '2026-11-29', causedBy: null, proposal: null, resolution: null,
      history: [{ number: 1, by: { kind: 'system', name: 'reconciliation' }, action: 'opened', details: { date: DATE, ours: { currency: 'USD', minor: '1001' }, theirs: null } }],
    });
  });

  it('grows older with the business day', async () => {
    const id = await missing();
    const ages = [];
    for (const now of ['2026-11-25T23:59:59+08:00', '2026-11-26T00:00:00+08:00', '2026-12-25T00:00:00+08:00']) {
      world.platform.clock.set(now);
      ages.push((await show(id)).body.age);
    }
    expect(ages).toEqual(['0-1', '2-3', '30+']);
  });

  it("is not there for another chain, nor for a store's key, and is not touched without the scope", async () => {
    const id = await missing();
    expect([(await show(id, keys.stranger)).status, (await act(id, 'comment', keys.stranger, { text: 'x' })).body.code, (await list('', keys.stranger)).body.breaks]).toEqual([404, 'break.not-found', []]);
    expect([(await show(id, keys.store)).status, (await list('', keys.store)).status, (await act(id, 'comment', keys.finance, { text: 'x' })).status]).toEqual([403, 403, 403]);
  });
});

describe('people and a break', () => {
  it('resolve it by two: one proposes, another person approves what was read', async () => {
    const id = await missing();
    await act(id, 'assign', keys.ann, { owner: 'Ben Ong', dueOn: '2026-12-01' });
    await act(id, 'comment', keys.ann, { text: 'asked the store' });
    await act(id, 'explain', keys.ann, { text: 'paid in cash instead' });
    const { body: proposed } = await act(id, 'propose-resolution', keys.ann, { reason: 'written off' });
    expect(proposed).toMatchObject({ status: 'being-resolved', owner: 'Ben Ong', dueOn: '2026-12-01', proposal: { number: 5, by: { name: 'Ann Lee' }, reason: 'written off' } });
    expect([(await act(id, 'approve', keys.ann)).body.code, (await act(id, 'approve', keys.robot)).body.code, (await act(id, 'approve', keys.ben, { proposal: 4 })).body.code]).toEqual(['break.own-proposal', 'break.person-needed', 'break.proposal-changed']);
    const { body } = await act(id, 'approve', keys.ben, { proposal: 5 });
    expect(body).toMatchObject({ status: 'resolved', resolution: { by: 'approval', approvedBy: { kind: 'person', name: 'Ben Ong' } }, resolvedAt: new Date(NOW).toISOString() });
    expect(body.history.map(({ action, by: { name }, text }) => [action, name, text])).toEqual([
      ['opened', 'reconciliation', null], ['assigned', 'Ann Lee', null], ['commented', 'Ann Lee', 'asked the store'], ['explained', 'Ann Lee', 'paid in cash instead'],
      ['resolution-proposed', 'Ann Lee', 'written off'], ['approved', 'Ben Ong', null],
    ]);
    expect(await told()).toEqual(['break-opened 1', 'break-resolved 2 approval']);
  });

  it('may send everything twice', async () => {
    const id = await missing();
    const steps: [string, string, object | undefined][] = [
      ['comment', keys.ann, { text: 'x' }], ['assign', keys.ann, { owner: 'Ben Ong' }], ['explain', keys.ann, { text: 'x' }], ['propose-resolution', keys.robot, { reason: 'x' }], ['reject', keys.ben, { reason: 'no' }],
      ['propose-resolution', keys.robot, { reason: 'x' }], ['approve', keys.ben, undefined], ['reopen', keys.ann, { reason: 'it came back' }],
    ];
    for (const [action, key, body] of steps) {
      const once = await act(id, action, key, body);
      expect([action, once.status, await act(id, action, key, body)]).toEqual([action, 200, once]);
    }
    expect((await show(id)).body.history).toHaveLength(1 + steps.length);
    expect(await told()).toEqual(['break-opened 1', 'break-resolved 2 approval', 'break-opened 3']);
  });

  it('are told what is wrong', async () => {
    const id = await missing();
    const codes = [];
    for (const [action, body] of [['approve', undefined], ['reject', { reason: 'x' }], ['reopen', { reason: 'x' }], ['assign', {}], ['comment', { text: '' }], ['explain', { text: 'x', more: 1 }]] as const) codes.push((await act(id, action, keys.ben, body)).body.code);
    expect(codes).toEqual(['break.nothing-proposed', 'break.nothing-proposed', 'break.not-resolved', 'request.malformed', 'request.malformed', 'request.malformed']);
    expect([(await act('0'.repeat(32), 'comment', keys.ben, { text: 'x' })).status, (await show('nonsense')).status]).toEqual([404, 400]);
  });

  it('at once: one proposes, the other is refused, and nothing is lost', async () => {
    const id = await missing();
    const answers = await Promise.all([keys.ann, keys.ben, keys.robot].map((key, index) => act(id, 'propose-resolution', key, { reason: `reason ${index}` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await show(id)).body.history).toHaveLength(2);
  });

  it('cannot make the database forget or skip the second pair of eyes', async () => {
    const id = await missing();
    await expect(world.database.query('update break_history set text = $1', ['nothing happened'])).rejects.toThrow('added and never changed');
    await expect(world.database.query('delete from break_history')).rejects.toThrow('added and never changed');
    await act(id, 'propose-resolution', keys.ann, { reason: 'x' });
    await expect(world.database.query(`update breaks set status = 'resolved', resolved_at = now(), resolution = 'approval', approved_by = 'Ann Lee'`)).rejects.toThrow('breaks_approval');
  });
});

describe('a break that matching looks at again', () => {
  async function resolved(): Promise<string> {
    const id = await missing();
    await act(id, 'propose-resolution', keys.ann, { reason: 'written off' });
    await act(id, 'approve', keys.ben);
    return id;
  }

  it('stays resolved while the facts are the same', async () => {
    const id = await resolved();
    const { body } = await world.upload(keys.finance, file([row({ number: 9, minor: 5n })]));
    expect([body.breaksOpened, (await show(id)).body.status]).toEqual([1, 'resolved']);
    await world.rematch([`demo:demo-usd:${DATE}`]);
    expect((await show(id)).body.history).toHaveLength(3);
  });

  it('is open again when the facts are others', async () => {
    await world.receive([world.succeeded({ number: 2, minor: 1000n })]);
    await world.upload(keys.finance, file([row({ number: 2, minor: 1001n })]));
    const id = (await list()).body.breaks[0]!.breakId;
    await act(id, 'propose-resolution', keys.ann, { reason: 'a cent' });
    await act(id, 'approve', keys.ben);
    await world.upload(keys.finance, file([row({ number: 2, minor: 2000n })]));
    expect((await show(id)).body).toMatchObject({ status: 'reopened', theirs: { minor: '2000' }, amountAtRisk: { minor: '1000' }, resolvedAt: null, proposal: null });
  });

  it('closes with the line that explains it, also while somebody is at work on it', async () => {
    const id = await missing();
    await act(id, 'propose-resolution', keys.ann, { reason: 'written off' });
    const { body: imported } = await world.upload(keys.finance, file([row({ number: 7, minor: 1n }), row({ number: 1, minor: 1001n }, { paymentTime: `${NEXT}T00:00:01+08:00` })]), NEXT_NAME);
    expect(imported.code).toBe('file.refused');
    const { body: later } = await world.upload(keys.finance, file([row({ number: 1, minor: 1001n, paidAt: `${NEXT}T00:00:01+08:00` })]), NEXT_NAME);
    const { body } = await show(id);
    expect(body).toMatchObject({ status: 'resolved', proposal: null, resolution: { by: 'evidence', file: { fileId: later.fileId, sha256: later.sha256, line: 2 } } });
    expect(body.history.at(-1)).toMatchObject({ action: 'closed-by-evidence', details: { fileId: later.fileId, line: 2 } });
    expect((await act(id, 'approve', keys.ben)).body.code).toBe('break.resolved');
    // The file that explained it is superseded.
    await world.upload(keys.finance, file([]), NEXT_NAME);
    expect((await show(id)).body).toMatchObject({ status: 'reopened' });
    // Beside the day, which is another one than we knew, and the edition that somebody accepted.
    expect((await told()).toSorted()).toEqual([...Array.from({ length: 3 }, () => 'break-opened 1'), 'break-opened 3', ...Array.from({ length: 3 }, () => 'break-resolved 2 evidence')]);
  });
});

describe('the list of breaks', () => {
  beforeEach(async () => {
    await world.receive(sales(3).map((sale) => world.succeeded(sale)));
    await world.receive([world.succeeded({ number: 50, minor: 90_000n, currency: 'JPY', paidAt: `${NEXT}T10:00:00+08:00` })]);
    await world.upload(keys.finance, file([row({ number: 3, minor: 1n }), row({ number: 9, minor: 500n }, { transactionId: '=cmd|x!A1' })]));
    await world.upload(keys.finance, file([]), NEXT_NAME);
  });

  const numbers = ({ body }: Answer<BreakListView>) => body.breaks.map(({ kind, ours, theirs }: BreakView) => `${kind} ${ours?.minor ?? '-'} ${theirs?.minor ?? '-'}`).sort();
  const ALL = ['amount-differs 1003 1', 'missing-at-alipay 1001 -', 'missing-at-alipay 1002 -', 'missing-at-alipay 90000 -', 'missing-with-us - 500'];

  it.each([
    ['', [0, 1, 2, 3, 4]], ['?kind=missing-with-us,amount-differs', [0, 4]], ['?family=timing', [1, 2, 3, 4]], ['?family=value&kind=missing-with-us', []], ['?status=resolved', []], ['?status=open', [0, 1, 2, 3, 4]],
    ['?age=2-3', [0, 1, 2, 3, 4]], ['?age=0-1', []], ['?store=S001', [0, 1, 2, 3, 4]], ['?store=S002', []], ['?account=demo-usd', [0, 1, 2, 3, 4]], ['?account=demo-jpy', []],
    ['?currency=JPY', [3]], ['?currency=USD&amountFrom=1001&amountTo=1001', [1]], ['?currency=USD&amountFrom=1002', [0, 2]], ['?owner=Ben%20Ong', []],
  ])('is filtered by %s', async (query, expected) => {
    expect(numbers(await list(query))).toEqual(expected.map((index) => ALL[index]));
  });

  it('finds what somebody owns', async () => {
    const id = (await list('?kind=amount-differs')).body.breaks[0]!.breakId;
    await act(id, 'assign', keys.ann, { owner: 'Ben Ong' });
    expect((await list('?owner=Ben%20Ong')).body.breaks.map(({ breakId }) => breakId)).toEqual([id]);
  });

  it.each([['oldest', ''], ['newest', ''], ['due', ''], ['largest', '&currency=USD']])('comes by %s, in pages, each break once', async (sort, more) => {
    const whole = (await list(`?sort=${sort}${more}`)).body.breaks;
    const seen: BreakView[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { body }: Answer<BreakListView> = await list(`?sort=${sort}${more}&limit=2${after === '' ? '' : `&after=${after}`}`);
      seen.push(...body.breaks);
      after = body.next;
    }
    expect(seen).toEqual(whole);
    const values = whole.map((each) => (sort === 'due' ? each.dueOn : sort === 'largest' ? each.amountAtRisk.minor.padStart(9, '0') : each.businessDate));
    expect(values).toEqual(sort === 'newest' || sort === 'largest' ? values.toSorted().toReversed() : values.toSorted());
    expect(new Set(values).size).toBeGreaterThan(1);
  });

  it.each(['?sort=largest', '?amountFrom=1', '?after=nonsense', '?sort=due&after=12~00000000000000000000000000000000', '?after=2026-13-45~00000000000000000000000000000000', '?kind=everything', '?limit=501'])('refuses %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  });

  it('comes as CSV in which no text of others is a formula', async () => {
    const id = (await list('?kind=missing-with-us')).body.breaks[0]!.breakId;
    await act(id, 'explain', keys.ann, { text: '@SUM(A1:A9)' });
    const { text } = await list('?format=csv');
    expect(text.trimEnd().split('\n')).toHaveLength(6);
    expect(text).toMatch(/missing-with-us,explained,demo-usd,2026-11-24,PAYMENT,A-9,,'=cmd\|x!A1,,,5\.00,USD,5\.00,USD,.*,timing,high,2-3,S001,,2026-11-28,,'@SUM\(A1:A9\)/);
    expect(text).toMatch(/missing-at-alipay,open,demo-usd,2026-11-25,PAYMENT,A-50,[0-9a-f]{32},[0-9]+,90000,JPY,,,90000,JPY,/);
    expect(text).toContain(alipayId(50));
  });
});
