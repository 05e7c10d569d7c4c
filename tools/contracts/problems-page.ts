import { problems } from '@scantill/contracts';

/** The page that integrators read: which codes there are, and what they mean. */
export function problemsPage(): string {
  const rows = Object.entries(problems).map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`);
  return [
    '# Problem codes',
    '',
    'A refused request is answered with `application/problem+json` (RFC 9457). Act on `code`: it never changes its meaning. `title` is for people, `errors` lists the failing paths of a malformed request.',
    'The same codes stand in `order.rejected` and `order.request-refused`.',
    '',
    '| code | status | title |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
