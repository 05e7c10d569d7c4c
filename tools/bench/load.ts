import { setImmediate as yieldOnce, setTimeout as wait } from 'node:timers/promises';
import type { Tally } from './tally.ts';

/** Orders that keep coming until they are stopped, or all is given up. */
export interface Load {
  /** Sends no more, and resolves when everything that was sent is answered. */
  stop(): Promise<void>;
}

/** A caller that was refused does not hammer. */
const PAUSE_AFTER_FAILURE_MS = 100;

/** Each caller places its next order as soon as the last is answered: as fast as the system goes. */
export function closedLoop(tally: Tally, callers: number, signal: AbortSignal): Load {
  let isWanted = true;
  const caller = async (): Promise<void> => {
    while (isWanted && !signal.aborted) if (!(await tally.order(performance.now()))) await wait(PAUSE_AFTER_FAILURE_MS);
  };
  const all = Promise.all(Array.from({ length: callers }, caller));
  return {
    stop: async () => {
      isWanted = false;
      await all;
    },
  };
}

/**
 * Orders come by the clock, however slow the answers are: a system that stalls is charged for everyone who waited meanwhile. What was due
 * before the stop is sent even if we are late with it, or a starved driver would measure only what it found time for.
 */
export function openLoop(tally: Tally, ratePerSecond: number, signal: AbortSignal): Load {
  let endMs = Infinity;
  const open = new Set<Promise<boolean>>();
  const schedule = async (): Promise<void> => {
    const startedAt = performance.now();
    for (let nth = 0; !signal.aborted; nth += 1) {
      const dueMs = startedAt + (nth * 1_000) / ratePerSecond;
      if (dueMs >= endMs) return;
      const early = dueMs - performance.now();
      await (early > 0 ? wait(early) : yieldOnce());
      const order: Promise<boolean> = tally.order(dueMs).finally(() => open.delete(order));
      open.add(order);
    }
  };
  const scheduled = schedule();
  return {
    stop: async () => {
      endMs = performance.now();
      await scheduled;
      await Promise.all(open);
    },
  };
}
