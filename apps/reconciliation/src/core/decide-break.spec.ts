import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import fc from 'fast-check';
import type { BreakKind } from './break-kind.js';
import { begun, evolve, type Actor, type BreakFacts, type BreakLife, type Evidence } from './break-life.js';
import { decideAction, decideFound, decideGone, ENTRIES_MAX, type Action, type LastDeed } from './decide-break.js';

const facts: BreakFacts = { date: '2026-11-24', ours: money('USD', 1099n), theirs: null, causedBy: null };
const otherFacts: BreakFacts = { ...facts, ours: money('USD', 999n) };
const DUE = '2026-11-27';
const evidence: Evidence = { fileId: 'f1', line: 4 };
const ann: Actor = { kind: 'person', name: 'Ann' };
const ben: Actor = { kind: 'person', name: 'Ben' };
const robot: Actor = { kind: 'system', name: 'erp' };

const fresh = (kind: BreakKind = 'missing-at-alipay') => evolve(begun(kind, facts, DUE), { kind: 'opened', facts, dueOn: DUE });
const propose = (by: Actor, reason = 'written off'): Action => ({ kind: 'propose-resolution', by, reason });
const approve = (by: Actor, proposal: number | null = null): Action => ({ kind: 'approve', by, proposal });

function after(life: BreakLife, ...actions: readonly Action[]): BreakLife {
  return actions.reduce((before, action) => {
    const decided = decideAction(before, action);
    if (!decided.ok) throw new Error(decided.error.kind);
    return decided.value.reduce(evolve, before);
  }, life);
}

function refusal(life: BreakLife, action: Action, last: LastDeed = null) {
  const decided = decideAction(life, action, last);
  return decided.ok ? 'ok' : decided.error.kind;
}

describe('a resolution', () => {
  it('needs two: the proposal of one and the approval of another person', () => {
    const proposed = after(fresh(), propose(ann));
    expect(refusal(proposed, approve(ann))).toBe('OwnProposal');
    expect(refusal(proposed, approve(robot))).toBe('PersonNeeded');
    expect(after(proposed, approve(ben)).stage).toMatchObject({ status: 'resolved', by: 'approval', proposal: { by: ann, reason: 'written off', number: 2 }, approvedBy: ben });
  });

  it('may be proposed by a system, and a system of the same name as a person gives that person no second pair of eyes', () => {
    expect(after(fresh(), propose(robot), approve(ann)).stage.status).toBe('resolved');
    expect(refusal(after(fresh(), propose({ kind: 'system', name: 'Ann' })), approve(ann))).toBe('OwnProposal');
  });

  it('is approved as it was read: a later proposal is another one', () => {
    const second = after(fresh(), propose(ann, 'first'), { kind: 'reject', by: ben, reason: 'why?' }, propose(ann, 'second'));
    expect(refusal(second, approve(ben, 2))).toBe('ProposalChanged');
    expect(after(second, approve(ben, 4)).stage).toMatchObject({ status: 'resolved', proposal: { reason: 'second' } });
  });

  it('is proposed once at a time, and not where there is nothing to resolve', () => {
    const proposed = after(fresh(), propose(ann));
    expect([refusal(proposed, propose(ben)), refusal(proposed, propose(ann, 'other words')), refusal(proposed, { kind: 'explain', by: ben, text: 'x' })]).toEqual(Array(3).fill('AlreadyProposed'));
    expect([refusal(fresh(), approve(ben)), refusal(fresh(), { kind: 'reject', by: ben, reason: 'no' })]).toEqual(['NothingProposed', 'NothingProposed']);
    expect([refusal(fresh(), { kind: 'reopen', by: ben, reason: 'no' }), refusal(after(proposed, approve(ben)), propose(ann))]).toEqual(['IsNotResolved', 'IsResolved']);
  });

  it('may be refused by any person, and taken back by whoever proposed it', () => {
    const proposed = after(fresh(), { kind: 'explain', by: ann, text: 'paid by card' }, propose(robot));
    expect(refusal(proposed, { kind: 'reject', by: { kind: 'system', name: 'other' }, reason: 'no' })).toBe('PersonNeeded');
    for (const by of [ben, robot]) expect(after(proposed, { kind: 'reject', by, reason: 'no' }).stage.status).toBe('explained');
  });
});

describe('a request that is sent again', () => {
  it('changes nothing, whatever it asked for', () => {
    const proposed = after(fresh(), propose(ann));
    const resolved = after(proposed, approve(ben));
    const repetitions: [BreakLife, Action, LastDeed][] = [
      [fresh(), { kind: 'comment', by: ann, text: 'called' }, { kind: 'commented', text: 'called' }],
      [after(fresh(), { kind: 'assign', by: ann, owner: 'Ben' }), { kind: 'assign', by: ann, owner: 'Ben' }, null],
      [after(fresh(), { kind: 'explain', by: ann, text: 'x' }), { kind: 'explain', by: ann, text: 'x' }, null],
      [proposed, propose(ann), null],
      [resolved, approve(ben), null],
      [after(proposed, { kind: 'reject', by: ben, reason: 'no' }), { kind: 'reject', by: ben, reason: 'no' }, { kind: 'rejected', text: 'no' }],
      [after(resolved, { kind: 'reopen', by: ben, reason: 'back' }), { kind: 'reopen', by: ben, reason: 'back' }, { kind: 'reopened', text: 'back' }],
    ];
    for (const [life, action, last] of repetitions) expect([action.kind, decideAction(life, action, last)]).toEqual([action.kind, { ok: true, value: [] }]);
  });

  it('is not one when somebody refused the same words before', () => {
    const rejected = after(fresh(), propose(ann), { kind: 'reject', by: ben, reason: 'no' });
    expect(after(rejected, propose(ann)).stage.status).toBe('being-resolved');
  });
});

describe('a break that matching finds again', () => {
  const approved = after(fresh(), propose(ann), approve(ben));

  it('stays resolved while the facts are the same, and is open again with others', () => {
    expect(decideFound(approved, facts)).toEqual([]);
    expect(decideFound(approved, otherFacts).reduce(evolve, approved)).toMatchObject({ stage: { status: 'reopened' }, facts: otherFacts, explanation: null });
  });

  it('stays resolved when it turns out to be the consequence of another, and says so while it is not resolved', () => {
    const consequence = { ...facts, causedBy: 'b1' };
    expect([decideFound(approved, consequence), decideFound(fresh(), consequence)]).toEqual([[], [{ kind: 'changed', facts: consequence }]]);
  });

  it('is open again when a file had closed it', () => {
    const closed = decideGone(fresh(), evidence, null).reduce(evolve, fresh());
    expect(closed.stage).toEqual({ status: 'resolved', by: 'evidence', evidence });
    expect(decideFound(closed, facts).reduce(evolve, closed).stage.status).toBe('reopened');
  });

  it('takes back what was said of other facts, so that nobody approves what is no longer so', () => {
    const proposed = after(fresh(), propose(ann));
    const changed = decideFound(proposed, otherFacts).reduce(evolve, proposed);
    expect([changed.stage.status, refusal(changed, approve(ben))]).toEqual(['reopened', 'NothingProposed']);
    expect(decideFound(fresh(), otherFacts).reduce(evolve, fresh()).stage.status).toBe('open');
  });
});

describe('a break that is found no more', () => {
  it('closes with the evidence, also while a person is at work on it', () => {
    for (const life of [fresh(), after(fresh(), { kind: 'explain', by: ann, text: 'x' }), after(fresh(), propose(ann))]) {
      expect(decideGone(life, evidence, null)).toEqual([{ kind: 'closed-by-evidence', evidence }]);
    }
    expect(decideGone(after(fresh(), propose(ann), approve(ben)), evidence, null)).toEqual([]);
  });

  it('of a kind that a person decides stays, and says so once', () => {
    const life = fresh('paid-after-cancel');
    const [noted] = decideGone(life, evidence, null);
    expect([noted?.kind, evolve(life, noted!).stage.status]).toEqual(['no-longer-found', 'open']);
    expect(decideGone(life, evidence, { kind: 'no-longer-found', text: null })).toEqual([]);
  });
});

describe('the history of a break', () => {
  it('is bounded for people', () => {
    const full = { ...fresh(), entries: ENTRIES_MAX };
    expect([refusal(full, { kind: 'comment', by: ann, text: 'x' }), refusal({ ...full, entries: ENTRIES_MAX - 1 }, { kind: 'comment', by: ann, text: 'x' })]).toEqual(['HistoryFull', 'ok']);
    expect(decideGone(full, evidence, null)).toHaveLength(1);
  });

  it('never ends resolved without another person or a file, whatever is asked in whatever order', () => {
    const actor = fc.constantFrom(ann, ben, robot);
    const action: fc.Arbitrary<Action> = fc.oneof(
      fc.record({ kind: fc.constant('explain' as const), by: actor, text: fc.constantFrom('x', 'y') }),
      fc.record({ kind: fc.constant('propose-resolution' as const), by: actor, reason: fc.constantFrom('x', 'y') }),
      fc.record({ kind: fc.constant('approve' as const), by: actor, proposal: fc.option(fc.integer({ min: 1, max: 9 })) }),
      fc.record({ kind: fc.constant('reject' as const), by: actor, reason: fc.constant('no') }),
      fc.record({ kind: fc.constant('reopen' as const), by: actor, reason: fc.constant('back') }),
    );
    fc.assert(fc.property(fc.array(action, { maxLength: 20 }), (asked) => {
      let life = fresh();
      for (const each of asked) {
        const decided = decideAction(life, each);
        life = decided.ok ? decided.value.reduce(evolve, life) : life;
        if (life.stage.status !== 'resolved') continue;
        if (life.stage.by !== 'approval') throw new Error('no file came');
        expect([life.stage.approvedBy.kind, life.stage.approvedBy.name === life.stage.proposal.by.name]).toEqual(['person', false]);
      }
    }));
  });
});
