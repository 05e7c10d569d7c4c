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

export function add(...tallies: readonly Tally[]): Tally {
  const sum = (count: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + count(tally), 0);
  return { passed: sum(({ passed }) => passed), failed: sum(({ failed }) => failed), skipped: sum(({ skipped }) => skipped), failures: tallies.flatMap(({ failures }) => failures) };
}

export function tallyText({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Prints the failures of all steps and, last, the one line that says how it went. @returns whether everything ran and passed */
export function printSummary(tallies: ReadonlyMap<string, Tally>): boolean {
  const failures = [...tallies].flatMap(([step, tally]) => tally.failures.map((failure) => `  ${step}: ${failure}`));
  if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n`);
  const all = add(...tallies.values());
  process.stdout.write(`\n${tallyText(all)}\n`);
  return all.failed === 0 && all.skipped === 0 && all.passed > 0;
}
