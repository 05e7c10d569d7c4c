import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { BrokenLine, HELD_MAX } from './broken-line.js';

function call(): { reply: FastifyReply; raw: EventEmitter; isReset: () => boolean } {
  let wasReset = false;
  const raw = Object.assign(new EventEmitter(), { socket: { resetAndDestroy: () => { wasReset = true; } } });
  const reply = { raw, hijack: () => reply, header: () => reply } as unknown as FastifyReply;
  return { reply, raw, isReset: () => wasReset };
}

describe('a line that is held', () => {
  it('holds a limited number of calls and resets the others, until somebody loses patience', () => {
    const line = new BrokenLine();
    const held = Array.from({ length: HELD_MAX }, call);
    for (const { reply } of held) line.hold(reply);
    expect(held.some(({ isReset }) => isReset())).toBe(false);
    const [late, later] = [call(), call()];
    line.hold(late.reply);
    expect(late.isReset()).toBe(true);
    held[0]?.raw.emit('close');
    line.hold(later.reply);
    expect(later.isReset()).toBe(false);
  });

  it('lets go of everybody when it closes, and holds nobody from then on', async () => {
    const line = new BrokenLine();
    const [held, late] = [call(), call()];
    line.hold(held.reply);
    const waiting = line.wait(60_000, call().reply);
    line.close();
    await waiting;
    line.hold(late.reply);
    expect([held.isReset(), late.isReset()]).toEqual([true, true]);
  });
});
