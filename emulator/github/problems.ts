import type { Answer } from './types.ts';

/** GitHub's error documents, as docs.github.com "Troubleshooting the REST API" shows them. */

export const message = (status: number, text: string): Answer => ({
  status,
  body: { message: text, documentation_url: 'https://docs.github.com/rest', status: String(status) },
});

export const notFound: Answer = message(404, 'Not Found');

/** A request of the right shape that GitHub will not carry out. */
export function unprocessable(resource: string, field: string, text: string): Answer {
  const errors = [{ resource, code: 'unprocessable', field, message: text }];
  return {
    status: 422,
    body: { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com/rest', status: '422' },
  };
}

/** Longest body of an issue and of a comment, as the refusal itself says. */
const BODY_CHARACTERS = 65_536;

/** What is wrong with the body of a comment or an issue. */
export function problemWithBody(resource: string, body: string): Answer | undefined {
  return body.length <= BODY_CHARACTERS
    ? undefined
    : unprocessable(resource, 'body', `Body is too long (maximum is ${BODY_CHARACTERS} characters)`);
}
