import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { problem, problems, type ProblemCode } from './problems.js';

const all = Object.entries(problems);

describe('a problem', () => {
  it.each(all)('%s is an owner and a slug, with a status that HTTP knows and a title for people', (code, { status, title }) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(STATUS_CODES).toHaveProperty(String(status));
    expect(title).toMatch(/^[A-Z].*[^.]$/);
  });

  it('can be told apart by its title as well', () => {
    expect(new Set(all.map(([, { title }]) => title)).size).toBe(all.length);
  });

  it('is written as RFC 9457 wants it, without fields that have nothing to say', () => {
    const code: ProblemCode = 'request.malformed';
    expect(problem(code)).toEqual({ type: 'urn:scantill:problem:request.malformed', title: problems[code].title, status: 400, code });
    const errors = [{ path: 'amount.minor', message: 'a positive whole number' }];
    expect(problem(code, 'see errors', errors)).toMatchObject({ detail: 'see errors', errors });
  });
});
