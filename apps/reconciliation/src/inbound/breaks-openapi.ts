import {
  breakApproval, breakAssignment, breakComment, breakDetailView, breakExplanation, breakListQuery, breakListView, breakParams, breakReason, type ProblemCode,
} from '@scantill/contracts';
import type { RouteDescription } from '@scantill/platform';
import type { z } from 'zod';

const ANSWER = { 200: { description: 'The break as it is now; a repetition changes nothing', schema: breakDetailView } };

function action(name: string, summary: string, schema: z.ZodType, problems: readonly ProblemCode[]): RouteDescription {
  return { method: 'post', path: `/v1/breaks/{breakId}/${name}`, scope: 'resolve', summary, params: breakParams, body: { schema }, answers: ANSWER, problems: ['break.not-found', 'break.history-full', ...problems] };
}

export const breakRoutes: readonly RouteDescription[] = [
  {
    method: 'get', path: '/v1/breaks', scope: ['reports', 'resolve'],
    summary: 'What does not agree, of all days; also as CSV, with Accept: text/csv or ?format=csv.',
    query: breakListQuery,
    answers: { 200: { description: 'A page of breaks', schema: breakListView } },
  },
  {
    method: 'get', path: '/v1/breaks/{breakId}', scope: ['reports', 'resolve'],
    summary: 'A break with its evidence and its history.',
    params: breakParams,
    answers: { 200: { description: 'As it is now, and all that was done with it', schema: breakDetailView } },
    problems: ['break.not-found'],
  },
  action('comment', 'Adds a comment to its history.', breakComment, []),
  action('assign', 'Says who looks at it, and until when.', breakAssignment, ['break.resolved']),
  action('explain', 'Says why it is there; it stays until it is resolved.', breakExplanation, ['break.resolved', 'break.already-proposed']),
  action('propose-resolution', 'Proposes to resolve it, with a reason; another person has to approve.', breakReason, ['break.resolved', 'break.already-proposed']),
  action('approve', 'Resolves it as proposed by another.', breakApproval.optional(), ['break.resolved', 'break.nothing-proposed', 'break.proposal-changed', 'break.person-needed', 'break.own-proposal']),
  action('reject', 'Refuses what was proposed, or takes it back.', breakReason, ['break.nothing-proposed', 'break.person-needed']),
  action('reopen', 'Opens it again, with a reason.', breakReason, ['break.not-resolved']),
];
