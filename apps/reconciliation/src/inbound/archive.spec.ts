import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Archive } from './archive.js';

const MEGABYTE = 1024 * 1024;

describe('an archive', () => {
  it('breaks off where a part does, and takes nothing else with it', async () => {
    const archive = new Archive();
    archive.add('a.txt', () => Readable.from(['whole']));
    archive.add('b.txt', () => Readable.from((function* () { yield 'half'; throw new Error('the disk is gone'); })()));
    const output = archive.end();
    await expect(output.toArray()).rejects.toThrow('the disk is gone');
  });

  it('opens a part in its turn, reads only what is taken, and closes it when nobody listens any more', async () => {
    const opened: string[] = [];
    let made = 0;
    // What cannot be packed any smaller, so that it has to wait.
    const noise = () => Readable.from((function* () { for (; made < 64; made += 1) yield Buffer.from(Array.from({ length: MEGABYTE }, (_, index) => (index * 7919 + made * 104_729) % 251 ^ index >> 8 & 255)); })());
    const part = noise();
    const archive = new Archive();
    archive.add('large', () => { opened.push('large'); return part; });
    archive.add('next', () => { opened.push('next'); return Readable.from(['x']); });
    const output = archive.end();
    await once(output, 'readable');
    for (let turns = 0; turns < 1_000; turns += 1) await setImmediate();
    expect([opened, made < 64]).toEqual([['large'], true]);
    output.destroy();
    await once(output, 'close');
    expect(part.destroyed).toBe(true);
  });
});
