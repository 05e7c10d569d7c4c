import { chance } from './chance.js';
import type { Fault, FaultKind, FaultOperation, Rule, WrittenPlan } from './fault.js';

/** A rule and how often it came to be. */
export interface RuleCount {
  readonly rule: Rule;
  /** Calls that the rule is about. */
  readonly seen: number;
  /** Calls that it struck. */
  readonly struck: number;
}

export type FaultCounts = Partial<Record<FaultOperation, Partial<Record<FaultKind, number>>>>;

interface Standing {
  readonly rule: Rule;
  readonly index: number;
  seen: number;
  struck: number;
}

/** A code that has just been issued is no attempt to notify, so it is counted apart. */
type Moment = FaultOperation | 'code-issued';

const NOTHING: WrittenPlan = { seed: 0, rules: [] };

/** Decides which call goes wrong. The decision depends on the plan, the operation and the number of the call alone. */
export class FaultPlan {
  /** The only thing that a call asks where no faults are wanted. */
  isQuiet = true;
  /** Since the start, whatever plans there were. */
  readonly counts: FaultCounts = {};
  private plan = NOTHING;
  private standing: Standing[] = [];
  private readonly byMoment = new Map<Moment, Standing[]>();

  /** Everything is counted anew. */
  replace(plan: WrittenPlan): void {
    this.plan = plan;
    this.standing = plan.rules.map((rule, index) => ({ rule, index, seen: 0, struck: 0 }));
    this.byMoment.clear();
    for (const each of this.standing) {
      const moment = momentOf(each.rule);
      const others = this.byMoment.get(moment);
      if (others) others.push(each);
      else this.byMoment.set(moment, [each]);
    }
    this.isQuiet = this.standing.length === 0;
  }

  clear(): void {
    this.replace(NOTHING);
  }

  get seed(): number {
    return this.plan.seed;
  }

  rules(): readonly RuleCount[] {
    return this.standing.map(({ rule, seen, struck }) => ({ rule, seen, struck }));
  }

  /**
   * Counts a call and says what happens to it; nothing, in most cases. A rule counts also those calls that an earlier rule strikes.
   * @param requestId of the payment that the call is about
   */
  next(moment: Moment, requestId: string | undefined): Fault | undefined {
    let winner: Standing | undefined;
    for (const each of this.byMoment.get(moment) ?? []) {
      if (each.rule.paymentRequestId !== undefined && each.rule.paymentRequestId !== requestId) continue;
      each.seen += 1;
      if (!winner && this.strikes(each)) winner = each;
    }
    if (!winner) return undefined;
    winner.struck += 1;
    this.count(winner.rule.operation, winner.rule.fault.kind);
    return winner.rule.fault;
  }

  private strikes({ rule: { operation, nth, every, share, times }, index, seen, struck }: Standing): boolean {
    if (times !== undefined && struck >= times) return false;
    if (nth !== undefined) return seen === nth;
    if (every !== undefined) return seen % every === 0;
    return share === undefined || chance(`${this.plan.seed} ${index} ${operation} ${seen}`) < share;
  }

  private count(operation: FaultOperation, kind: FaultKind): void {
    const counts = (this.counts[operation] ??= {});
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
}

function momentOf({ operation, fault }: Rule): Moment {
  return fault.kind === 'before-pay-answer' ? 'code-issued' : operation;
}
