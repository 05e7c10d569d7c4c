import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CsvScanner, RECORD_BYTES_MAX, type RecordBytes, type Scanned, type TakeRecord } from './csv-scanner.js';

const field = fc.oneof(fc.constantFrom('', 'PAYMENT', '-1200', 'Kaffee, groß ☕', '5" pipe', 'two\nlines', '"', 'a\r\nb', '\t\\N'), fc.string({ unit: 'grapheme', maxLength: 12 }))
  .map((text) => text.replaceAll('\0', ''));
const record = fc.array(field, { minLength: 2, maxLength: 6 });
const lineBreak = fc.constantFrom('\n', '\r\n');

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function scan(bytes: Uint8Array, cuts: readonly number[], take?: TakeRecord): Scanned[] {
  const scanner = new CsvScanner();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const scanned = [0, ...places].flatMap((from, index) => scanner.push(bytes.subarray(from, places[index] ?? bytes.length), take));
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
      let [line, at] = [1, 0];
      const expected = texts.map((raw, index) => {
        const place = { line, at };
        line += 1 + (raw.match(/\n/g)?.length ?? 0);
        at += Buffer.byteLength(raw + end);
        return { ...place, raw, fields: records[index] };
      });
      expect(scan(bytes, cuts)).toEqual(expected);
    }));
  });

  it('may be taken as it stands, with the byte and the line that each record begins at, and leaves the rest in fields', () => {
    const text = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\n', '\r', 'a', '7', 'é', '☕', '😀', '\uFEFF', '\\', '\t', '\0'), maxLength: 80 });
    fc.assert(fc.property(fc.oneof(text.map((each) => Buffer.from(each)), fc.uint8Array({ maxLength: 60 })), fc.array(fc.nat(), { maxLength: 5 }), fc.nat(3), (begin, cuts, kept) => {
      const bytes = Buffer.concat([begin, Buffer.from('\n')]);
      const all = new Map(scan(bytes, []).map((record) => [record.line, record]));
      const taken: RecordBytes[] = [];
      const rest = scan(bytes, cuts, (record) => {
        if (record.line % 4 === kept) return false;
        taken.push({ ...record, bytes: record.bytes.slice(record.start, record.end) });
        return true;
      });
      for (const { line, at, bytes: raw } of taken) {
        const record = all.get(line);
        expect(bytes.indexOf(raw, at)).toBe(at);
        // What is wrong with its quotes is seen by whoever takes it.
        if (record !== undefined && 'raw' in record) expect({ at, raw: Buffer.from(raw).toString() }).toEqual({ at: record.at, raw: record.raw });
        else expect(record?.reason).toMatch(/quote/);
      }
      expect([...taken, ...rest].map(({ line }) => line).sort((one, other) => one - other)).toEqual([...all.keys()]);
      for (const record of rest) expect(record).toEqual(all.get(record.line));
    }), { numRuns: 1_000 });
  });

  it('has a longest record, in bytes, wherever its chunks end', () => {
    for (const [line, isTooLong] of [['☕'.repeat(30_000), true], ['é'.repeat(RECORD_BYTES_MAX / 2), false], [`${'a'.repeat(RECORD_BYTES_MAX)}\r`, true], ['a'.repeat(RECORD_BYTES_MAX), false]] as const) {
      const bytes = Buffer.from(`first\n${line}\nlast\n`);
      const whole = scan(bytes, []);
      expect(whole.map((record) => ('reason' in record ? 'too long' : record.line))).toEqual(isTooLong ? [1, 'too long'] : [1, 2, 3]);
      expect(scan(bytes, [3, 40_000, 80_000])).toEqual(whole);
    }
  });
});
