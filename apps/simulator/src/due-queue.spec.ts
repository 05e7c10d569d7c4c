import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DueQueue } from './due-queue.js';
import { Fifo } from './fifo.js';

describe('a queue of due items', () => {
  beforeEach(() => { jest.useFakeTimers({ now: 0 }); });
  afterEach(() => { jest.useRealTimers(); });

  it('hands each over when it is due, in order, with one timer', () => {
    const seen: string[] = [];
    const queue = new DueQueue<string>((item) => seen.push(`${item}@${Date.now()}`));
    for (const [item, at] of [['c', 300], ['a', 100], ['b', 200], ['a2', 100], ['past', -5]] as const) queue.push(item, at);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(250);
    expect(seen).toEqual(['past@0', 'a@100', 'a2@100', 'b@200']);
    jest.advanceTimersByTime(100);
    expect(seen.at(-1)).toBe('c@300');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('may be filled by what it hands over, waits for weeks, and forgets when it is stopped', () => {
    const seen: number[] = [];
    const queue: DueQueue<number> = new DueQueue((item) => { seen.push(item); if (item < 3) queue.push(item + 1, Date.now()); });
    queue.push(1, 0);
    queue.push(9, 40 * 86_400_000);
    jest.advanceTimersByTime(0);
    jest.advanceTimersByTime(1);
    expect(seen).toEqual([1, 2, 3]);
    jest.advanceTimersByTime(41 * 86_400_000);
    expect(seen.at(-1)).toBe(9);
    queue.push(10, Date.now() + 5);
    queue.stop();
    jest.advanceTimersByTime(10);
    expect([seen.length, queue.size]).toEqual([4, 0]);
  });

  it('keeps ten thousand in order', () => {
    const seen: number[] = [];
    const queue = new DueQueue<number>((item) => seen.push(item));
    for (let index = 0; index < 10_000; index += 1) queue.push((index * 7_919) % 10_007, (index * 7_919) % 10_007);
    jest.advanceTimersByTime(10_007);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen).toHaveLength(10_000);
  });
});

it('a line of waiting items gives the first back first, also after thousands', () => {
  const line = new Fifo<number>();
  const out: (number | undefined)[] = [];
  for (let index = 0; index < 5_000; index += 1) {
    line.push(index);
    if (index % 2) out.push(line.shift());
  }
  while (line.size > 0) out.push(line.shift());
  expect(out).toEqual([...out.keys()]);
  expect([out.length, line.shift()]).toEqual([5_000, undefined]);
});
