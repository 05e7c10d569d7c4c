import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { stateDiagram, statusOf, transitions, type ExpectationStatus } from './expectation-status.js';

/** What Alipay's files in force may say of an expectation. */
const listings = [null, { agrees: true }, { agrees: false }];

describe('an expectation', () => {
  it('stands as the files in force say, whatever was there before', () => {
    expect(listings.map((matchedLine) => statusOf({ matchedLine }))).toEqual(['open', 'matched', 'differs']);
    const walked = listings.flatMap((before) => listings.map((after) => [statusOf({ matchedLine: before }), statusOf({ matchedLine: after })] as const)).filter(([from, to]) => from !== to);
    const drawn = transitions.filter((each): each is [ExpectationStatus, ExpectationStatus, string] => each[0] !== '(none)').map(([from, to]) => [from, to]);
    expect(new Set(drawn.map(String))).toEqual(new Set(walked.map(String)));
  });

  it('is drawn in the README as it is here', () => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(stateDiagram());
  });
});
