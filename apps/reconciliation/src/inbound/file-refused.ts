import { ProblemException } from '@scantill/platform';
import type { AcceptRefused } from '../flows/accept-file.js';
import type { CancelRefused } from '../flows/cancel-import.js';
import type { ImportEnd } from '../flows/run-imports.js';

type Refusal = Extract<ImportEnd, { kind: 'refused' }>['refusal'];

/** A file that was kept and not taken in, at the edge. */
export function fileRefused({ problem, detail, faults }: Refusal): ProblemException {
  const errors = faults.map(({ line, column, reason }) => ({ path: [line === null ? null : `line ${line}`, column].filter((part) => part !== null).join(', '), message: reason }));
  return new ProblemException(problem, detail, errors.length === 0 ? undefined : errors);
}

const cancelProblems = { FileUnknown: 'file.not-found', ImportEnded: 'file.already-ended', PersonNeeded: 'file.person-needed' } as const satisfies Record<CancelRefused['kind'], string>;

export function cancelRefused({ kind }: CancelRefused): ProblemException {
  return new ProblemException(cancelProblems[kind]);
}

export function acceptRefused(refused: AcceptRefused): ProblemException {
  switch (refused.kind) {
    case 'FileUnknown': return new ProblemException('file.not-found');
    case 'PersonNeeded': return new ProblemException('file.person-needed');
    case 'NotPending': return new ProblemException('file.not-pending', `it is ${refused.status}`);
  }
}

/** Nothing of it was kept. */
export function notReceived(reason: { readonly kind: 'TooLarge'; readonly bytesMax: number } | { readonly kind: 'NoRoom' }): ProblemException {
  return reason.kind === 'NoRoom' ? new ProblemException('file.no-room') : new ProblemException('request.too-large', `a file has at most ${reason.bytesMax} bytes`);
}
