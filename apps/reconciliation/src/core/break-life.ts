import { sameMoney, unreachable, type Money } from '@scantill/kernel';
import type { BreakKind } from './break-kind.js';
import type { InquiryAnswer } from './inquiry-answer.js';

/** `reopened` is open again: everything may be done with it that may be done with an open one. */
export type BreakStatus = 'open' | 'explained' | 'being-resolved' | 'resolved' | 'reopened';

/** Who does something. Systems may propose, and only persons approve. */
export interface Actor {
  readonly kind: 'person' | 'system';
  readonly name: string;
}

/** What differs. While it stays the same, what a person decided stays. */
export interface BreakFacts {
  readonly date: string;
  readonly ours: Money | null;
  readonly theirs: Money | null;
  /** The break of which this one is a consequence. */
  readonly causedBy: string | null;
  /** In words, where the amounts do not say it all. */
  readonly note?: string;
}

/** Where it is listed, or what else shows that the difference is there no more. */
export interface Evidence {
  readonly fileId: string | null;
  readonly line: number | null;
  /** Our event that shows it, where no file does. */
  readonly eventId?: string;
  /** The same in words, for the history. */
  readonly says?: string;
}

/** `number` is that of its entry in the history: who approves says which proposal was read. */
export interface Proposal {
  readonly by: Actor;
  readonly reason: string;
  readonly number: number;
}

export interface BreakLife {
  readonly kind: BreakKind;
  readonly facts: BreakFacts;
  readonly owner: string | null;
  readonly dueOn: string;
  /** How many entries its history has. */
  readonly entries: number;
  readonly explanation: string | null;
  readonly stage:
    | { readonly status: 'open' | 'reopened' | 'explained' }
    | { readonly status: 'being-resolved'; readonly proposal: Proposal }
    | { readonly status: 'resolved'; readonly by: 'evidence'; readonly evidence: Evidence }
    | { readonly status: 'resolved'; readonly by: 'approval'; readonly proposal: Proposal; readonly approvedBy: Actor };
}

/** Each is an entry of the history: who and when are the same for all, and kept beside. */
export type BreakEvent =
  | { readonly kind: 'opened'; readonly facts: BreakFacts; readonly dueOn: string }
  | { readonly kind: 'changed'; readonly facts: BreakFacts }
  | { readonly kind: 'closed-by-evidence'; readonly evidence: Evidence }
  | { readonly kind: 'no-longer-found'; readonly evidence: Evidence }
  | { readonly kind: 'found-again'; readonly facts: BreakFacts }
  | { readonly kind: 'commented'; readonly text: string }
  | { readonly kind: 'assigned'; readonly owner: string | null; readonly dueOn: string }
  | { readonly kind: 'explained'; readonly text: string }
  | { readonly kind: 'resolution-proposed'; readonly by: Actor; readonly reason: string }
  | { readonly kind: 'approved'; readonly by: Actor }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'reopened'; readonly reason: string }
  /** Evidence: what Alipay says when it is asked. */
  | { readonly kind: 'inquiry-answered'; readonly answer: InquiryAnswer };

/** Before anything happened to it: found, and not written down yet. */
export function begun(kind: BreakKind, facts: BreakFacts, dueOn: string): BreakLife {
  return { kind, facts, owner: null, dueOn, entries: 0, explanation: null, stage: { status: 'open' } };
}

export function evolve(before: BreakLife, event: BreakEvent): BreakLife {
  const life = { ...before, entries: before.entries + 1 };
  switch (event.kind) {
    case 'opened': return { ...life, facts: event.facts, dueOn: event.dueOn };
    case 'changed': return isUntouched(before) ? { ...life, facts: event.facts } : { ...life, facts: event.facts, explanation: null, stage: { status: 'reopened' } };
    case 'found-again': return { ...life, facts: event.facts, explanation: null, stage: { status: 'reopened' } };
    case 'reopened': return { ...life, explanation: null, stage: { status: 'reopened' } };
    case 'closed-by-evidence': return { ...life, stage: { status: 'resolved', by: 'evidence', evidence: event.evidence } };
    case 'no-longer-found': case 'commented': case 'inquiry-answered': return life;
    case 'assigned': return { ...life, owner: event.owner, dueOn: event.dueOn };
    case 'explained': return { ...life, explanation: event.text, stage: { status: 'explained' } };
    case 'resolution-proposed': return { ...life, stage: { status: 'being-resolved', proposal: { by: event.by, reason: event.reason, number: life.entries } } };
    case 'approved': return before.stage.status === 'being-resolved' ? { ...life, stage: { status: 'resolved', by: 'approval', proposal: before.stage.proposal, approvedBy: event.by } } : life;
    case 'rejected': return { ...life, stage: { status: before.explanation === null ? 'open' : 'explained' } };
    default: return unreachable(event);
  }
}

/** Nobody has said anything that other facts would make untrue. */
function isUntouched({ stage }: BreakLife): boolean {
  return stage.status === 'open' || stage.status === 'reopened';
}

export function sameFacts(a: BreakFacts, b: BreakFacts): boolean {
  return a.date === b.date && a.causedBy === b.causedBy && a.note === b.note && sameSide(a.ours, b.ours) && sameSide(a.theirs, b.theirs);
}

function sameSide(a: Money | null, b: Money | null): boolean {
  return a === null || b === null ? a === b : sameMoney(a, b);
}
