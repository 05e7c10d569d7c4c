import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CsvScanner, type Scanned } from './csv-scanner.js';

const field = fc.oneof(fc.constantFrom('', 'PAYMENT', '-1200', 'Kaffee, groß ☕', '5" pipe', 'two\nlines', '"', 'a\r\nb', '\t\\N'), fc.string({ unit: 'grapheme', maxLength: 12 }))
  .map((text) => text.replaceAll('\0', ''));
const record = fc.array(field, { minLength: 2, maxLength: 6 });
const lineBreak = fc.constantFrom('\n', '\r\n');

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function scan(bytes: Uint8Array, cuts: readonly number[]): Scanned[] {
  const scanner = new CsvScanner();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const scanned = [0, ...places].flatMap((from, index) => scanner.push(bytes.subarray(from, places[index] ?? bytes.length)));
  return [...scanned, ...scanner.end()];
}

describe('a CSV file', () => {
  it('reads alike wherever its chunks end', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
      expect(scan(bytes, cuts)).toEqual(scan(bytes, []));
    }));
    const awkward = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '☕', '\uFEFF', '\0'), maxLength: 60 });
    fc.assert(fc.property(awkward, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      const bytes = new TextEncoder().encode(text);
      expect(scan(bytes, cuts)).toEqual(scan(bytes, []));
    }), { numRuns: 500 });
  });

  it('gives back the fields that were written, with the lines they begin at', () => {
    fc.assert(fc.property(fc.array(record, { maxLength: 8 }), lineBreak, fc.array(fc.nat(), { maxLength: 4 }), (records, end, cuts) => {
      const texts = records.map((fields) => fields.map(quoted).join(','));
      const bytes = new TextEncoder().encode(texts.map((text) => text + end).join(''));
      let line = 1;
      const expected = texts.map((raw, index) => {
        const at = line;
        line += 1 + (raw.match(/\n/g)?.length ?? 0);
        return { line: at, raw, fields: records[index] };
      });
      expect(scan(bytes, cuts)).toEqual(expected);
    }));
  });
});
