import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, JITTER_SHARE, retryDelayMs, stateDiagram, transitions, TRIED_FOR_MS, type Answer } from './delivery.js';

const CREATED = new Date('2026-11-25T10:00:00Z');
const first = { attempts: 0, createdAt: CREATED };
const answered = (status: number): Answer => ({ kind: 'answered', status });
const after = (ms: number): Date => new Date(CREATED.getTime() + ms);
const EARLIEST = 0;
const MIDDLE = 0.5;

describe('a message that waits to be delivered', () => {
  it('is delivered by any 2xx and by nothing else', () => {
    for (const status of [200, 202, 204, 299]) expect(decide(first, answered(status), CREATED, MIDDLE)).toEqual({ status: 'delivered' });
    for (const status of [199, 301, 302, 400, 410, 429, 500]) expect(decide(first, answered(status), CREATED, MIDDLE).status).toBe('waiting');
    expect(decide(first, { kind: 'unreachable', reason: 'connection refused' }, CREATED, MIDDLE)).toMatchObject({ status: 'waiting', problem: 'connection refused' });
  });

  it('is sent again after one second, then ever later', () => {
    expect(decide(first, answered(500), CREATED, MIDDLE)).toEqual({ status: 'waiting', nextAt: after(1_000), problem: 'answered 500' });
    const delays = Array.from({ length: 12 }, (_, attempts) => retryDelayMs(attempts + 1, MIDDLE));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays.at(-1)).toBe(12 * 3_600_000);
  });

  it('is given up when the next request would come after three days, not before', () => {
    const late = { attempts: 20, createdAt: CREATED };
    const twelveHours = retryDelayMs(21, MIDDLE);
    expect(decide(late, answered(500), after(TRIED_FOR_MS - twelveHours), MIDDLE).status).toBe('waiting');
    expect(decide(late, answered(500), after(TRIED_FOR_MS - twelveHours + 1), MIDDLE)).toEqual({ status: 'given-up', problem: 'answered 500' });
  });

  it('keeps its jitter within its share', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, chance) => {
      const middle = retryDelayMs(attempts, MIDDLE);
      expect(Math.abs(retryDelayMs(attempts, chance) - middle)).toBeLessThanOrEqual(middle * JITTER_SHARE + 1);
    }));
  });

  it('ends after a bounded number of requests whatever happens', () => {
    let now = CREATED;
    let attempts = 0;
    for (; attempts < 100; attempts += 1) {
      const verdict = decide({ attempts, createdAt: CREATED }, answered(503), now, EARLIEST);
      if (verdict.status !== 'waiting') break;
      now = verdict.nextAt;
    }
    expect(attempts).toBeLessThan(20);
  });
});

describe('the diagram of a delivery', () => {
  it('shows exactly the ways that the decisions allow', () => {
    const verdicts = [answered(200), answered(500)].flatMap((answer) => [after(0), after(TRIED_FOR_MS)].map((now) => decide(first, answer, now, MIDDLE).status));
    const shown = new Set(transitions.filter(([from]) => from === 'waiting').map(([, to]) => to));
    expect(shown).toEqual(new Set(verdicts));
  });

  it('is the one in the README', () => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`\`\`\`mermaid\n${stateDiagram()}\n\`\`\``);
  });
});
