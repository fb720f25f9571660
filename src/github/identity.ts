import type { Client } from './client.ts';
import type { RequestOptions } from './patience.ts';

/**
 * The login that the token writes as: `github-actions[bot]` for a job's own token. Asked by GraphQL, which every token
 * may; `GET /user` is refused to the tokens of jobs (GitHub REST API, "Get the authenticated user").
 */
export async function loginOf(client: Client, options: RequestOptions): Promise<string> {
  const { viewer } = await client.graphql<{ readonly viewer: { readonly login: string } }>('{ viewer { login } }', {
    ...options,
  });
  return viewer.login;
}
