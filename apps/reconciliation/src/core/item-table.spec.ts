import { describe, expect, it } from '@jest/globals';
import { FAULTS_MAX, TableReader, type Row } from './item-table.js';

const form = { required: ['id', 'amount'], optional: ['note'], endMarker: '<END>' };

function read(text: string) {
  const reader = new TableReader(form);
  const rows: Row[] = reader.push(new TextEncoder().encode(text));
  const { rows: last, refused } = reader.finish();
  return { rows: [...rows, ...last], refused, faults: reader.faults, faultCount: reader.faultCount };
}

describe('a table', () => {
  it('has its columns in any order, and more than is asked for', () => {
    expect(read('amount,colour,id\n5,red,A\n<END>\n').rows).toEqual([{ line: 2, at: 'amount,colour,id\n'.length, raw: '5,red,A', values: ['5', 'red', 'A'] }]);
  });

  it('may have one surplus comma in the header, in rows and after the end', () => {
    expect(read('id,amount,\nA,5,\nB,6\n<END>,\n')).toMatchObject({ rows: [{ values: ['A', '5', ''] }, { values: ['B', '6'] }], refused: undefined, faultCount: 0 });
    expect(read('id,amount\nA,5,,\nB,6,x\n<END>').faults).toEqual([
      { line: 2, column: null, reason: 'has 4 columns instead of 2' }, { line: 3, column: null, reason: 'has 3 columns instead of 2' },
    ]);
  });

  it('is refused without its end marker, a required column, or with one twice', () => {
    expect(read('id,amount\nA,5\n').refused).toEqual({ kind: 'EndMissing', endMarker: '<END>' });
    expect(read('id,note\nA,5\n<END>\n').refused).toEqual({ kind: 'MissingColumns', columns: ['amount'], expected: ['id', 'amount'] });
    expect(read('id,amount,id\nA,5,B\n<END>\n').refused).toEqual({ kind: 'RepeatedColumns', columns: ['id'] });
    expect(read('').refused).toEqual({ kind: 'MissingColumns', columns: ['id', 'amount'], expected: ['id', 'amount'] });
  });

  it('may be asked for other columns where it has others', () => {
    const reader = new TableReader((columns) => ({ required: columns.includes('state') ? ['id', 'state'] : ['id', 'amount'], optional: [], endMarker: '<END>' }));
    expect(reader.push(new TextEncoder().encode('state,id\nopen,A\n<END>\n'))).toMatchObject([{ values: ['open', 'A'] }]);
    expect(reader.finish().refused).toBeUndefined();
  });

  it('has nothing after its end', () => {
    expect(read('id,amount\n<END>\nA,5\n').faults).toEqual([{ line: 3, column: null, reason: 'comes after <END>' }]);
  });

  it('keeps a bounded number of faults and counts them all', () => {
    const { faults, faultCount } = read(`id,amount\n${'A\n'.repeat(FAULTS_MAX + 5)}<END>\n`);
    expect([faults.length, faultCount]).toEqual([FAULTS_MAX, FAULTS_MAX + 5]);
  });
});
