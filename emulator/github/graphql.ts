import { simpleUser } from './discussion.ts';
import { message } from './problems.ts';
import type { Account, Answer } from './types.ts';

/** The one query that is served: who am I. REST's `GET /user` is not for the tokens of jobs. */
const VIEWER = /^\s*(?:query(?:\s+\w+)?)?\s*\{\s*viewer\s*\{\s*login\s*\}\s*\}\s*$/;

/** GraphQL answers 200 also for what it cannot do, with `errors` (docs.github.com, "Forming calls with GraphQL"). */
export function answerGraphQl(body: unknown, self: Account): Answer {
  const query = typeof body === 'object' && body !== null && 'query' in body ? body.query : undefined;
  if (typeof query !== 'string') return message(400, 'A query attribute must be specified and must be a string.');
  if (VIEWER.test(query)) return { status: 200, body: { data: { viewer: { login: simpleUser(self).login } } } };
  return {
    status: 200,
    body: { errors: [{ type: 'undefinedField', message: 'The local GitHub serves { viewer { login } }.' }] },
  };
}
