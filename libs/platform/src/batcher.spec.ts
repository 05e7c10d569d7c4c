import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Batcher } from './batcher.js';

/** How long a batch may grow. */
const GROWS_FOR_MS = 25;

describe('Batcher', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  function recorded(): { readonly batcher: Batcher<string, string>; readonly batches: string[][] } {
    const batches: string[][] = [];
    const batcher = new Batcher<string, string>(async (items) => {
      batches.push([...items]);
      return items.map((item) => item.toUpperCase());
    }, { maxItems: 3 });
    return { batcher, batches };
  }

  it('answers each item with its own answer', async () => {
    const { batcher } = recorded();
    await expect(Promise.all(['a', 'b'].map((item) => batcher.add(item)))).resolves.toEqual(['A', 'B']);
  });

  it('lets an item that comes after quiet wait for nothing, and the ones behind it grow into one batch', async () => {
    jest.useFakeTimers();
    const { batcher, batches } = recorded();
    const first = batcher.add('first');
    await jest.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([['first']]);
    const second = batcher.add('second');
    await jest.advanceTimersByTimeAsync(GROWS_FOR_MS / 2);
    const third = batcher.add('third');
    expect(batches).toEqual([['first']]);
    await jest.advanceTimersByTimeAsync(GROWS_FOR_MS / 2);
    expect(batches).toEqual([['first'], ['second', 'third']]);
    await Promise.all([first, second, third]);
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
