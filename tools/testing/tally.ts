/** What became of one step. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line each, for the end of the run. */
  readonly failures: readonly string[];
}

export const onePassed: Tally = { passed: 1, failed: 0, skipped: 0, failures: [] };

export function oneFailed(what: string): Tally {
  return { passed: 0, failed: 1, skipped: 0, failures: [what] };
}

/** Prints the failures of all steps and the one line that says how it went. @returns whether everything ran and passed */
export function printSummary(tallies: ReadonlyMap<string, Tally>): boolean {
  const all = [...tallies];
  const sum = (count: (tally: Tally) => number): number => all.reduce((total, [, tally]) => total + count(tally), 0);
  const failures = all.flatMap(([step, tally]) => tally.failures.map((failure) => `  ${step}: ${failure}`));
  if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n`);
  const failed = sum((tally) => tally.failed);
  const skipped = sum((tally) => tally.skipped);
  process.stdout.write(`\n${sum((tally) => tally.passed)} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 && skipped === 0;
}
