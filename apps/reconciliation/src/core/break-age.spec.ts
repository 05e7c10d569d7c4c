import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ageBucket, ageBuckets, ageDays, datesOfBucket, type AgeBucket } from './break-age.js';
import { addDays } from './calendar.js';

const TODAY = '2026-11-25';

describe('the age of a break', () => {
  it.each<[number, AgeBucket]>([[0, '0-1'], [1, '0-1'], [2, '2-3'], [3, '2-3'], [4, '4-7'], [7, '4-7'], [8, '8-30'], [30, '8-30'], [31, '30+'], [400, '30+']])('of %s days is in %s', (days, bucket) => {
    expect(ageBucket(addDays(TODAY, -days), TODAY)).toBe(bucket);
  });

  it('is never negative', () => {
    expect([ageDays('2026-11-26', TODAY), ageBucket('2026-11-26', TODAY)]).toEqual([0, '0-1']);
  });

  it('is in exactly the bucket whose days it is found under', () => {
    fc.assert(fc.property(fc.integer({ min: -2, max: 500 }), (days) => {
      const date = addDays(TODAY, -days);
      const found = ageBuckets.filter((bucket) => {
        const { first, last } = datesOfBucket(bucket, TODAY);
        return (first === null || date >= first) && (last === null || date <= last);
      });
      expect(found).toEqual([ageBucket(date, TODAY)]);
    }));
  });
});
