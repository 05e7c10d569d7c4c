/** A step that takes longer than this says so while it runs, and again each time this much has passed. */
const STILL_RUNNING_MS = 15_000;

/** @param {number} sinceMs */
export function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

/**
 * One aligned line: what, how it stands, how long it took.
 * @param {string} name
 * @param {string} outcome
 * @param {number} [startedAtMs]
 */
export function report(name, outcome, startedAtMs) {
  const took = startedAtMs === undefined ? '' : `  ${seconds(startedAtMs)}`;
  process.stdout.write(`  ${name.padEnd(16)} ${outcome}${took}\n`);
}

/**
 * Runs one step of the set-up and reports it; a long one is announced and keeps reporting, so that nobody takes it for stuck.
 * @template T
 * @param {string} name
 * @param {{ doing?: string, done: string | ((result: T) => string) }} words `doing` is printed at once: give it to steps that take long
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, { doing, done }, work) {
  const startedAt = Date.now();
  if (doing !== undefined) report(name, `${doing} ...`);
  const timer = setInterval(() => report(name, `still ${doing ?? 'working'} ...`, startedAt), STILL_RUNNING_MS);
  try {
    const result = await work();
    report(name, typeof done === 'string' ? done : done(result), startedAt);
    return result;
  } finally {
    clearInterval(timer);
  }
}
