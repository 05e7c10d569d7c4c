import type { ProblemCode } from '@scantill/contracts';
import { ProblemException } from '@scantill/platform';
import type { ActOnBreak } from '../flows/act-on-break.js';

type Refused = Extract<Awaited<ReturnType<ActOnBreak['run']>>, { ok: false }>['error'];

const codes = {
  NotFound: 'break.not-found',
  IsResolved: 'break.resolved',
  IsNotResolved: 'break.not-resolved',
  NothingProposed: 'break.nothing-proposed',
  AlreadyProposed: 'break.already-proposed',
  ProposalChanged: 'break.proposal-changed',
  PersonNeeded: 'break.person-needed',
  OwnProposal: 'break.own-proposal',
  HistoryFull: 'break.history-full',
} as const satisfies Record<Refused['kind'], ProblemCode>;

/** What a refusal looks like at the edge. */
export function breakRefused(refused: Refused): ProblemException {
  return new ProblemException(codes[refused.kind], detailOf(refused));
}

function detailOf(refused: Refused): string | undefined {
  switch (refused.kind) {
    case 'AlreadyProposed': return `${refused.by} proposed number ${refused.proposal}`;
    case 'ProposalChanged': return `number ${refused.proposal} stands`;
    case 'IsNotResolved': case 'NothingProposed': return `it is ${refused.status}`;
    case 'HistoryFull': return `at most ${refused.entriesMax} entries`;
    default: return undefined;
  }
}
