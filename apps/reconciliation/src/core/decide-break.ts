import { err, ok, unreachable, type Result } from '@scantill/kernel';
import { breakKinds } from './break-kind.js';
import { sameFacts, type Actor, type BreakEvent, type BreakFacts, type BreakLife, type BreakStatus, type Evidence } from './break-life.js';

/** What a person or a system asks for. A repetition of what stands already changes nothing. */
export type Action = { readonly by: Actor } & (
  | { readonly kind: 'comment'; readonly text: string }
  /** Undefined leaves as it is. */
  | { readonly kind: 'assign'; readonly owner?: string | null; readonly dueOn?: string }
  | { readonly kind: 'explain'; readonly text: string }
  | { readonly kind: 'propose-resolution'; readonly reason: string }
  /** `proposal`: the number of the proposal that was read; null for the one that stands. */
  | { readonly kind: 'approve'; readonly proposal: number | null }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'reopen'; readonly reason: string });

/** What the same one did last with this break, by which a request that is sent again is known. */
export type LastDeed = { readonly kind: BreakEvent['kind']; readonly text: string | null } | null;

export type ActionRefused =
  | { readonly kind: 'IsResolved' }
  | { readonly kind: 'IsNotResolved'; readonly status: BreakStatus }
  | { readonly kind: 'NothingProposed'; readonly status: BreakStatus }
  | { readonly kind: 'AlreadyProposed'; readonly by: string; readonly proposal: number }
  | { readonly kind: 'ProposalChanged'; readonly proposal: number }
  | { readonly kind: 'PersonNeeded' }
  | { readonly kind: 'OwnProposal' }
  | { readonly kind: 'HistoryFull'; readonly entriesMax: number };

/** What people may add to one break. What matching adds is not bounded: it ends with the files. */
export const ENTRIES_MAX = 1_000;

type Decision = Result<readonly BreakEvent[], ActionRefused>;

const NOTHING: Decision = ok([]);

export function decideAction(life: BreakLife, action: Action, last: LastDeed = null): Decision {
  const decision = decide(life, action, last);
  if (decision.ok && decision.value.length > 0 && life.entries >= ENTRIES_MAX) return err({ kind: 'HistoryFull', entriesMax: ENTRIES_MAX });
  return decision;
}

function decide(life: BreakLife, action: Action, last: LastDeed): Decision {
  const { stage } = life;
  switch (action.kind) {
    case 'comment': return isRepeated(last, 'commented', action.text) ? NOTHING : ok([{ kind: 'commented', text: action.text }]);
    case 'assign': return assign(life, action);
    case 'explain':
      if (stage.status === 'explained' && life.explanation === action.text) return NOTHING;
      if (stage.status === 'resolved') return err({ kind: 'IsResolved' });
      if (stage.status === 'being-resolved') return err({ kind: 'AlreadyProposed', by: stage.proposal.by.name, proposal: stage.proposal.number });
      return ok([{ kind: 'explained', text: action.text }]);
    case 'propose-resolution':
      if (stage.status === 'resolved') return err({ kind: 'IsResolved' });
      if (stage.status !== 'being-resolved') return ok([{ kind: 'resolution-proposed', by: action.by, reason: action.reason }]);
      if (isSame(stage.proposal.by, action.by) && stage.proposal.reason === action.reason) return NOTHING;
      return err({ kind: 'AlreadyProposed', by: stage.proposal.by.name, proposal: stage.proposal.number });
    case 'approve': return approve(life, action);
    case 'reject':
      if (stage.status !== 'being-resolved') return isRepeated(last, 'rejected', action.reason) ? NOTHING : err({ kind: 'NothingProposed', status: stage.status });
      // Whoever proposed may take it back; what another proposed, only a person may refuse.
      if (action.by.kind !== 'person' && !isSame(stage.proposal.by, action.by)) return err({ kind: 'PersonNeeded' });
      return ok([{ kind: 'rejected', reason: action.reason }]);
    case 'reopen':
      if (stage.status !== 'resolved') return isRepeated(last, 'reopened', action.reason) ? NOTHING : err({ kind: 'IsNotResolved', status: stage.status });
      return ok([{ kind: 'reopened', reason: action.reason }]);
    default: return unreachable(action);
  }
}

function assign({ owner, dueOn, stage }: BreakLife, action: Extract<Action, { kind: 'assign' }>): Decision {
  const next = { owner: action.owner === undefined ? owner : action.owner, dueOn: action.dueOn ?? dueOn };
  if (next.owner === owner && next.dueOn === dueOn) return NOTHING;
  return stage.status === 'resolved' ? err({ kind: 'IsResolved' }) : ok([{ kind: 'assigned', ...next }]);
}

/** Four eyes: two persons, or a system and a person. */
function approve({ stage }: BreakLife, { by, proposal }: Extract<Action, { kind: 'approve' }>): Decision {
  if (stage.status === 'resolved') return stage.by === 'approval' && isSame(stage.approvedBy, by) ? NOTHING : err({ kind: 'IsResolved' });
  if (by.kind !== 'person') return err({ kind: 'PersonNeeded' });
  if (stage.status !== 'being-resolved') return err({ kind: 'NothingProposed', status: stage.status });
  if (proposal !== null && proposal !== stage.proposal.number) return err({ kind: 'ProposalChanged', proposal: stage.proposal.number });
  if (stage.proposal.by.name === by.name) return err({ kind: 'OwnProposal' });
  return ok([{ kind: 'approved', by }]);
}

/**
 * Matching finds a break that there was before. One that a person resolved stays so while the facts are the same, however often the
 * day is matched; other facts make it another question. One that a file had closed is there again.
 */
export function decideFound({ facts, stage }: BreakLife, found: BreakFacts): BreakEvent[] {
  if (stage.status !== 'resolved') return sameFacts(facts, found) ? [] : [{ kind: 'changed', facts: found }];
  // That it has a cause by now does not make it another question: the cause is a break of its own.
  return stage.by === 'approval' && sameFacts({ ...facts, causedBy: found.causedBy }, found) ? [] : [{ kind: 'found-again', facts: found }];
}

/** Matching looked for it and found it no more. That somebody is at work on it does not keep it open: the history tells. */
export function decideGone({ kind, stage }: BreakLife, evidence: Evidence, lastByMatching: LastDeed): BreakEvent[] {
  if (stage.status === 'resolved') return [];
  if (breakKinds[kind].closesItself) return [{ kind: 'closed-by-evidence', evidence }];
  return lastByMatching?.kind === 'no-longer-found' ? [] : [{ kind: 'no-longer-found', evidence }];
}

function isRepeated(last: LastDeed, kind: BreakEvent['kind'], text: string): boolean {
  return last !== null && last.kind === kind && last.text === text;
}

function isSame(a: Actor, b: Actor): boolean {
  return a.kind === b.kind && a.name === b.name;
}
