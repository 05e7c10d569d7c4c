import { setTimeout as wait } from 'node:timers/promises';

/** A fact passes four services; on a busy machine each may take a second. */
export const WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;

/** What becomes true by itself. @returns the first value that is not nothing */
export async function eventually<Value>(what: string, look: () => Promise<Value | undefined | false>, withinMs = WITHIN_MS): Promise<Value> {
  for (const end = Date.now() + withinMs; Date.now() < end; await wait(LOOK_EVERY_MS)) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
  }
  throw new Error(`waited ${withinMs / 1000} s for ${what}, in vain`);
}
