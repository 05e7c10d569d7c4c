import { describe, expect, it } from '@jest/globals';
import { textCell } from './formula-text.js';

describe('a text from outside', () => {
  it.each(['=1+1', '+41 79', '-2+3', '@SUM(A1)', '\t=1', '\r=1'])('%j stays a text', (text) => {
    expect(textCell(text)).toBe(`'${text}`);
  });

  it.each([['A-9', 'A-9'], ['1=1', '1=1'], [' =1', ' =1'], ['', ''], [null, '']])('%j is told as it is', (text, told) => {
    expect(textCell(text)).toBe(told);
  });
});
