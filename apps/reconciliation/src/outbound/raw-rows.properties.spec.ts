import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CsvScanner } from '../core/csv-scanner.js';
import { readRawRows } from './raw-rows.js';

let folder: string;

beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'scantill-raw-rows-')); });
afterAll(() => rm(folder, { recursive: true }));

const cell = fc.string({ unit: fc.constantFrom('a', '7', 'é', '☕', ',', '"', '\n', '\r', '\\'), maxLength: 12 });
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** Some are longer than what is read at once. */
const long = fc.integer({ min: 1_500, max: 5_000 }).map((length) => '☕'.repeat(length));
const row = fc.array(fc.oneof({ arbitrary: cell, weight: 9 }, { arbitrary: long, weight: 1 }), { minLength: 2, maxLength: 4 }).map((cells) => cells.map(quoted).join(','));

describe('a row of a file that was kept', () => {
  it('is read again as it stands there, from where it was found to begin', async () => {
    await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\uFEFF'), fc.boolean(), async (rows, lineBreak, mark, isEnded) => {
      const path = join(folder, 'rows.csv');
      const content = Buffer.from(mark + rows.join(lineBreak) + (isEnded ? lineBreak : ''));
      await writeFile(path, content);
      const scanner = new CsvScanner();
      const records = [...scanner.push(content), ...scanner.end()];
      const places = records.map((record) => ({ path, at: 'at' in record ? record.at : null, raw: null }));
      expect(await readRawRows(places.toReversed())).toEqual(rows.toReversed());
    }), { numRuns: 60 });
  });

  it('is what was kept of it where there is no text of it', async () => {
    expect(await readRawRows([null, { path: join(folder, 'no such file'), at: null, raw: 'a,b' }])).toEqual([null, 'a,b']);
  });
});
