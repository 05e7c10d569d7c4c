import type { Answer } from './tills.ts';

/** Past this many failures there is nothing left to measure. */
const FAILURES_MAX = 1_000;
const FAILURES_KEPT = 5;
/** More open requests than this mean that the system does not hold the rate; what is due meanwhile fails. */
const OPEN_MAX = 5_000;

/**
 * What the callers saw. A request belongs to the window in which it was due, and its time counts from then, so one that is
 * answered after the window is not forgotten.
 */
export class Tally {
  open = 0;
  /** Over the whole run, warm-up included: nobody may fail at any time. */
  failed = 0;
  /** The first few, for a person to read. */
  readonly failures: string[] = [];
  /** Answers with a code that arrived within the window, whenever their request was due. */
  codesInWindow = 0;
  /** Requests of the window that were answered without a code. Their time is in `latenciesMs` too, as the least they took. */
  withoutCode = 0;
  /** Of the window's requests, in the order of their answers. */
  readonly latenciesMs: number[] = [];
  /** How late each of them was sent: what of its time is the driver's own. */
  readonly sentLateMs: number[] = [];
  private fromMs = Infinity;
  private toMs = Infinity;
  private readonly place: () => Promise<Answer>;
  private readonly giveUp: (why: string) => void;

  constructor(place: () => Promise<Answer>, giveUp: (why: string) => void) {
    this.place = place;
    this.giveUp = giveUp;
  }

  /** Everything due from now on is measured. */
  begin(): void {
    this.fromMs = performance.now();
  }

  end(): void {
    this.toMs = performance.now();
  }

  /** @param dueMs when it should have been sent, by `performance.now()` @returns whether it was answered as it should */
  async order(dueMs: number): Promise<boolean> {
    if (this.open >= OPEN_MAX) return this.fail(`not sent: ${OPEN_MAX} requests were open`);
    this.open += 1;
    const sentLateMs = performance.now() - dueMs;
    const answer = await this.place();
    this.open -= 1;
    if (answer.kind === 'failed') return this.fail(answer.what);
    const nowMs = performance.now();
    if (answer.kind === 'code' && this.isInside(nowMs)) this.codesInWindow += 1;
    if (this.isInside(dueMs)) {
      this.latenciesMs.push(nowMs - dueMs);
      this.sentLateMs.push(sentLateMs);
      if (answer.kind === 'without-code') this.withoutCode += 1;
    }
    return true;
  }

  private isInside(atMs: number): boolean {
    return atMs >= this.fromMs && atMs < this.toMs;
  }

  private fail(what: string): false {
    this.failed += 1;
    if (this.failures.length < FAILURES_KEPT) this.failures.push(what);
    if (this.failed === FAILURES_MAX) this.giveUp(`${FAILURES_MAX} requests failed, the first with: ${this.failures[0]}`);
    return false;
  }
}
