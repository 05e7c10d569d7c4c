import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { begun, evolve, type Actor, type BreakEvent, type BreakFacts, type BreakLife } from './break-life.js';
import { stateDiagram, transitions } from './break-diagram.js';
import { decideAction, decideFound, decideGone, type Action } from './decide-break.js';

const facts: BreakFacts = { date: '2026-11-24', ours: money('USD', 1099n), theirs: null, causedBy: null };
const others: BreakFacts = { ...facts, theirs: money('USD', 1050n) };
const ann: Actor = { kind: 'person', name: 'Ann' };
const ben: Actor = { kind: 'person', name: 'Ben' };
const actions: readonly Action[] = [
  { kind: 'comment', by: ann, text: 'called them' }, { kind: 'assign', by: ann, owner: 'Ben' }, { kind: 'explain', by: ann, text: 'paid by card' },
  { kind: 'propose-resolution', by: ann, reason: 'written off' }, { kind: 'approve', by: ben, proposal: null }, { kind: 'reject', by: ben, reason: 'no' }, { kind: 'reopen', by: ben, reason: 'it came back' },
];

function ways(life: BreakLife): [string, readonly BreakEvent[]][] {
  return [
    ...actions.map((action): [string, readonly BreakEvent[]] => {
      const decided = decideAction(life, action);
      return [action.kind, decided.ok ? decided.value : []];
    }),
    ['found again', decideFound(life, life.facts)],
    ['other facts found', decideFound(life, life.facts === facts ? others : facts)],
    ['no longer found', decideGone(life, { fileId: null, line: null }, null)],
  ];
}

/** Every break that can be reached, and every change of state on the way. */
function walk(): Set<string> {
  const found = new Set([JSON.stringify(['(none)', 'open', 'found'])]);
  const seen = new Set<string>();
  const left = [begun('missing-at-alipay', facts, '2026-11-27')];
  for (let before = left.pop(); before !== undefined; before = left.pop()) {
    for (const [by, events] of ways(before)) {
      const after = events.reduce(evolve, before);
      if (before.stage.status !== after.stage.status) found.add(JSON.stringify([before.stage.status, after.stage.status, by]));
      const shape = [after.stage.status, 'by' in after.stage ? after.stage.by : '', after.explanation !== null, after.facts === facts].join();
      if (!seen.has(shape)) left.push(after);
      seen.add(shape);
    }
  }
  return found;
}

describe('the diagram of a break', () => {
  it('shows exactly the ways that the decisions allow', () => {
    expect(transitions.map((transition) => JSON.stringify(transition)).sort()).toEqual([...walk()].sort());
  });

  it('is the one in the README', () => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`\`\`\`mermaid\n${stateDiagram()}\n\`\`\``);
  });
});
