import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Batcher } from './batcher.js';

/** How long a batch may grow. */
const GROWS_FOR_MS = 25;

describe('Batcher', () => {
  function recorded(): { readonly batcher: Batcher<string, string>; readonly batches: string[][]; readonly startedAtMs: number[] } {
    const batches: string[][] = [];
    const startedAtMs: number[] = [];
    const batcher = new Batcher<string, string>(async (items) => {
      startedAtMs.push(performance.now());
      batches.push([...items]);
      return items.map((item) => item.toUpperCase());
    }, { maxItems: 3 });
    return { batcher, batches, startedAtMs };
  }

  it('answers each item with its own answer', async () => {
    const { batcher } = recorded();
    await expect(Promise.all(['a', 'b'].map((item) => batcher.add(item)))).resolves.toEqual(['A', 'B']);
  });

  it('lets an item that comes after quiet wait for nothing, and the ones behind it grow into one batch', async () => {
    const { batcher, batches, startedAtMs } = recorded();
    await batcher.add('first');
    const later = batcher.add('second');
    await wait(1);
    await Promise.all([later, batcher.add('third')]);
    expect(batches).toEqual([['first'], ['second', 'third']]);
    expect(startedAtMs[1]! - startedAtMs[0]!).toBeGreaterThanOrEqual(GROWS_FOR_MS - 1);
  });

  it('never hands over more than it may', async () => {
    const { batcher, batches } = recorded();
    await Promise.all(['a', 'b', 'c', 'd'].map((item) => batcher.add(item)));
    expect(batches).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('gives a failure to the whole batch and goes on', async () => {
    let fails = true;
    const batcher = new Batcher<string, string>(async (items) => {
      if (fails) throw new Error('no database');
      return items;
    }, { maxItems: 3 });
    await expect(batcher.add('a')).rejects.toThrow('no database');
    fails = false;
    await expect(batcher.add('a')).resolves.toBe('a');
  });
});
