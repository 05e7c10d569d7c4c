import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WatchedFolder } from './watched-folder.js';

const NOW = Date.parse('2026-11-25T00:00:00Z');
let home: string;
let folder: WatchedFolder;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scantill-watched-'));
  folder = new WatchedFolder({ kind: 'folder', id: 'inbox', accountId: 'demo-usd', folder: home, everySeconds: 5, quietSeconds: 60 });
});
afterEach(() => rmSync(home, { recursive: true }));

function put(name: string, content: string, ageSeconds = 0): void {
  writeFileSync(join(home, name), content);
  const at = new Date(NOW - ageSeconds * 1_000);
  utimesSync(join(home, name), at, at);
}

describe('a file in a watched folder', () => {
  it.each([
    ['its end marker is there', 'a,b\n1,2\n<END>\n', 0, true],
    ['its end marker has commas and no line break', 'a,b\r\n<END>,', 0, true],
    ['it may still grow', 'a,b\n1,2\n', 59, false],
    ['it has not grown for a while', 'a,b\n1,2\n', 60, true],
    ['its end marker stands in a field', 'a,b\n1,x<END>\n', 0, false],
    ['it is empty and new', '', 0, false],
  ])('is complete or not: %s', async (_why, content, age, isComplete) => {
    put('x.csv', content, age);
    expect(await folder.complete(NOW)).toEqual(isComplete ? ['x.csv'] : []);
  });

  it('is a file and no link, and its name does not begin with a dot', async () => {
    put('b.csv', '<END>');
    put('a.csv', '<END>');
    put('.c.csv', '<END>');
    symlinkSync(join(home, 'a.csv'), join(home, 'd.csv'));
    mkdirSync(join(home, 'e.csv'));
    expect(await folder.complete(NOW)).toEqual(['a.csv', 'b.csv']);
  });

  it('that was refused lies apart, with the reason beside it; an earlier one of its name stays', async () => {
    const refusal = { reason: 'end-missing', detail: 'cut short', faultCount: 0, faults: [] };
    for (const fileId of ['11111111-0000', '22222222-0000']) {
      put('x.csv', fileId);
      await folder.refused('x.csv', fileId, refusal);
    }
    expect(readdirSync(join(home, 'refused')).sort()).toEqual(['22222222-x.csv', '22222222-x.csv.reason.json', 'x.csv', 'x.csv.reason.json']);
    expect(JSON.parse(readFileSync(join(home, 'refused', 'x.csv.reason.json'), 'utf8'))).toEqual({ fileId: '11111111-0000', ...refusal });
    put('x.csv', 'third');
    await folder.done('x.csv', '33333333-0000');
    expect([readdirSync(join(home, 'done')), await folder.complete(NOW)]).toEqual([['x.csv'], []]);
  });
});
