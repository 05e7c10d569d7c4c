/** How an expectation stands: not listed yet, listed alike, or listed with another amount or currency. */
export type ExpectationStatus = 'open' | 'matched' | 'differs';

export function statusOf({ matchedLine }: { readonly matchedLine: { readonly agrees: boolean } | null }): ExpectationStatus {
  if (matchedLine === null) return 'open';
  return matchedLine.agrees ? 'matched' : 'differs';
}

/** Every way from one state to another, as the days are matched. A file that supersedes another may take any of them back. */
export const transitions: readonly (readonly [from: ExpectationStatus | '(none)', to: ExpectationStatus, by: string])[] = [
  ['(none)', 'open', 'payment known'],
  ['open', 'matched', 'listed alike'],
  ['open', 'differs', 'listed otherwise'],
  ['matched', 'open', 'superseding file without it'],
  ['matched', 'differs', 'superseding file'],
  ['differs', 'open', 'superseding file without it'],
  ['differs', 'matched', 'superseding file'],
];

/** Mermaid source, as the README shows it. */
export function stateDiagram(): string {
  const name = (status: ExpectationStatus | '(none)') => (status === '(none)' ? '[*]' : status);
  return ['stateDiagram-v2', ...transitions.map(([from, to, by]) => `    ${name(from)} --> ${name(to)}: ${by}`)].join('\n');
}
