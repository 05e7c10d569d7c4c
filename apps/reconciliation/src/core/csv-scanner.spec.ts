import { describe, expect, it } from '@jest/globals';
import { CsvScanner, RECORD_BYTES_MAX, type Scanned } from './csv-scanner.js';

function scan(content: string | Uint8Array): Scanned[] {
  const scanner = new CsvScanner();
  return [...scanner.push(typeof content === 'string' ? new TextEncoder().encode(content) : content), ...scanner.end()];
}

describe('a CSV record', () => {
  it('may end with LF, CR LF or the file', () => {
    expect(scan('a,b\r\nc,d\n\ne,f')).toEqual([
      { line: 1, at: 0, raw: 'a,b', fields: ['a', 'b'] }, { line: 2, at: 5, raw: 'c,d', fields: ['c', 'd'] }, { line: 4, at: 10, raw: 'e,f', fields: ['e', 'f'] },
    ]);
  });

  it('may quote commas, quotes and line breaks', () => {
    expect(scan('"a,""b""\nc",d\ne,f\n')).toEqual([
      { line: 1, at: 0, raw: '"a,""b""\nc",d', fields: ['a,"b"\nc', 'd'] }, { line: 3, at: 14, raw: 'e,f', fields: ['e', 'f'] },
    ]);
  });

  it('has a quote inside a field as a character', () => {
    expect(scan('5" pipe,x\n')).toEqual([{ line: 1, at: 0, raw: '5" pipe,x', fields: ['5" pipe', 'x'] }]);
  });

  it('does not begin with a byte order mark', () => {
    expect(scan('\uFEFF"a",b\n')).toEqual([{ line: 1, at: 3, raw: '"a",b', fields: ['a', 'b'] }]);
  });

  it('is put aside with its line and reason when it cannot be read', () => {
    expect(scan('a,b\n"c"d,e\nf,g\n')[1]).toEqual({ line: 2, reason: 'has text after a closing quote' });
    expect(scan('a,b\n"c,d\ne,f\n')[1]).toEqual({ line: 2, reason: 'has a quote that is never closed' });
    expect(scan(new Uint8Array([0x61, 0x0a, 0xff, 0x0a, 0x62]))).toEqual([{ line: 1, at: 0, raw: 'a', fields: ['a'] }, { line: 2, reason: 'is not UTF-8' }, { line: 3, at: 4, raw: 'b', fields: ['b'] }]);
    expect(scan('a\0b\n')).toEqual([{ line: 1, reason: 'has a NUL character' }]);
  });

  it('is at most 64 KB long', () => {
    const longest = 'x'.repeat(RECORD_BYTES_MAX);
    expect(scan(`${longest}\na\n`)).toHaveLength(2);
    expect(scan(`a\n${longest}x\nb\n`)).toEqual([{ line: 1, at: 0, raw: 'a', fields: ['a'] }, expect.objectContaining({ line: 2 })]);
    expect(scan(`a\n${longest}x`)).toHaveLength(2);
  });
});
