import type { BreakStatus } from './break-life.js';

/** Every way from one state to another; the specification walks the decisions and finds exactly these. */
export const transitions: readonly (readonly [from: BreakStatus | '(none)', to: BreakStatus, by: string])[] = [
  ['(none)', 'open', 'found'],
  ['open', 'explained', 'explain'],
  ['open', 'being-resolved', 'propose-resolution'],
  ['open', 'resolved', 'no longer found'],
  ['explained', 'being-resolved', 'propose-resolution'],
  ['explained', 'reopened', 'other facts found'],
  ['explained', 'resolved', 'no longer found'],
  ['being-resolved', 'open', 'reject'],
  ['being-resolved', 'explained', 'reject'],
  ['being-resolved', 'reopened', 'other facts found'],
  ['being-resolved', 'resolved', 'approve'],
  ['being-resolved', 'resolved', 'no longer found'],
  ['resolved', 'reopened', 'reopen'],
  ['resolved', 'reopened', 'found again'],
  ['resolved', 'reopened', 'other facts found'],
  ['reopened', 'explained', 'explain'],
  ['reopened', 'being-resolved', 'propose-resolution'],
  ['reopened', 'resolved', 'no longer found'],
];

/** Mermaid source, as the README shows it. */
export function stateDiagram(): string {
  const arrows = Map.groupBy(transitions, ([from, to]) => `${from === '(none)' ? '[*]' : name(from)} --> ${name(to)}`);
  return ['stateDiagram-v2', ...[...arrows].map(([arrow, ways]) => `    ${arrow}: ${ways.map(([, , by]) => by).join(', ')}`)].join('\n');
}

function name(status: BreakStatus): string {
  return status.replaceAll('-', '_');
}
