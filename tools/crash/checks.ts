import { report } from '../bootstrap/progress.mjs';
import type { Tally } from '../testing/tally.ts';

export interface Check {
  readonly part: string;
  readonly what: string;
  readonly passed: boolean;
  /** Figures, in a few words. */
  readonly seen: string;
  /** What is there that should not be, the first few of it. */
  readonly found: readonly string[];
}

type Outcome = Omit<Check, 'part' | 'what'>;

const FOUND_SHOWN_MAX = 20;

/** What was found, one line each, printed as it is found. */
export class Checks {
  private readonly made: Check[] = [];

  get all(): readonly Check[] {
    return this.made;
  }

  /** @param what the rule, in words that are true when it passed */
  add(part: string, what: string, { passed, seen }: Pick<Outcome, 'passed' | 'seen'>): void {
    this.keep({ part, what, passed, seen, found: [] });
  }

  /** Two figures that must be the same. */
  equal(part: string, what: string, { expected, found }: { readonly expected: number; readonly found: number }): void {
    this.add(part, what, { passed: expected === found, seen: expected === found ? String(found) : `${found}, not ${expected}` });
  }

  /** Nothing was found that should not be there. */
  none(part: string, what: string, found: readonly string[]): void {
    const passed = found.length === 0;
    this.keep({ part, what, passed, seen: passed ? '' : `${found.length} found`, found: found.slice(0, FOUND_SHOWN_MAX) });
  }

  tally(): Tally {
    const failures = this.made.filter(({ passed }) => !passed).map(textOf);
    return { passed: this.made.length - failures.length, failed: failures.length, skipped: 0, failures };
  }

  private keep(check: Check): void {
    this.made.push(check);
    report(check.passed ? 'passed' : 'FAILED', textOf(check));
    for (const line of check.found) report('', line);
  }
}

function textOf({ part, what, seen }: Check): string {
  return `${part}: ${what}${seen === '' ? '' : ` (${seen})`}`;
}
