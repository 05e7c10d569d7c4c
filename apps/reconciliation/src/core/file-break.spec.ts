import { describe, expect, it } from '@jest/globals';
import { breakKinds } from './break-kind.js';
import { ENDED_BY_PART, kindOfRefusal, missingPart, partName } from './file-break.js';

describe('a refused file', () => {
  it.each([['part-missing', 'file-gap'], ['end-missing', 'file-truncated'], ['totals-differ', 'file-totals-differ']])('for the reason %s is a break %s', (reason, kind) => {
    expect(kindOfRefusal(reason)).toBe(kind);
  });

  it.each(['rows-bad', 'name-unknown', 'account-unknown', 'toString'])('for the reason %s is none: its sender was told', (reason) => {
    expect(kindOfRefusal(reason)).toBeUndefined();
  });

  it('is a break that the file which comes after all ends', () => {
    expect(ENDED_BY_PART.map((kind) => breakKinds[kind])).toEqual(ENDED_BY_PART.map(() => expect.objectContaining({ family: 'file', closesItself: true })));
  });
});

describe('a part of a report', () => {
  it('has a name that no other part has', () => {
    const parts = [
      missingPart('transaction-items', '2026-11-24'), missingPart('settlement-items', '2026-11-24'), { report: 'settlement-items', partOf: 'USD_1', sequence: 0 },
      { report: 'settlement-summary', partOf: 'USD_1', sequence: 0 }, { report: 'settlement-items', partOf: 'USD_1', sequence: 1 }, { report: 'transaction-items', partOf: '2026-11-24', sequence: 1 },
    ] as const;
    expect(new Set(parts.map(partName)).size).toBe(parts.length);
  });

  it('that is missing has the name of the one that comes', () => {
    expect(partName(missingPart('transaction-items', '2026-11-24'))).toBe(partName({ report: 'transaction-items', partOf: '2026-11-24', sequence: 0 }));
  });
});
