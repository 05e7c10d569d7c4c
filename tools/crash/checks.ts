import { report } from '../bootstrap/progress.mjs';
import { oneFailed, onePassed, type Tally } from '../testing/tally.ts';

export interface Check {
  readonly part: string;
  readonly what: string;
  readonly passed: boolean;
  /** What was seen: figures, or what is wrong. */
  readonly seen: string;
}

/** What was found, one line each, printed as it is found. */
export class Checks {
  private readonly made: Check[] = [];

  get all(): readonly Check[] {
    return this.made;
  }

  /** @param what the rule, in words that are true when it passed */
  add(part: string, what: string, outcome: { readonly passed: boolean; readonly seen: string }): void {
    this.made.push({ part, what, ...outcome });
    report(outcome.passed ? 'passed' : 'FAILED', `${part}: ${what}${outcome.seen === '' ? '' : ` (${outcome.seen})`}`);
  }

  /** Two figures that must be the same. */
  equal(part: string, what: string, figures: { readonly expected: number; readonly found: number }): void {
    const { expected, found } = figures;
    this.add(part, what, { passed: expected === found, seen: expected === found ? String(found) : `${found}, not ${expected}` });
  }

  /** Nothing was found that should not be there. The first few are printed. */
  none(part: string, what: string, found: readonly string[]): void {
    const shown = found.slice(0, SHOWN_MAX).map((line) => `\n      ${line}`).join('');
    const more = found.length > SHOWN_MAX ? `\n      and ${found.length - SHOWN_MAX} more` : '';
    this.add(part, what, { passed: found.length === 0, seen: found.length === 0 ? '' : `${found.length}:${shown}${more}\n    ` });
  }

  tally(): Tally {
    return this.made.reduce<Tally>((sum, { part, what, passed, seen }) => {
      const one = passed ? onePassed : oneFailed(`${part}: ${what} (${seen})`);
      return { passed: sum.passed + one.passed, failed: sum.failed + one.failed, skipped: 0, failures: [...sum.failures, ...one.failures] };
    }, { passed: 0, failed: 0, skipped: 0, failures: [] });
  }
}

const SHOWN_MAX = 20;
