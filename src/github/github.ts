/** Where on GitHub the job runs and as whom. */
export interface GitHubTarget {
  readonly owner: string;
  readonly repo: string;
  readonly sha: string;
  readonly token: string;
  /** GITHUB_API_URL; another address on GitHub Enterprise Server. */
  readonly apiUrl: string;
}

/** What the runner's environment says; undefined outside a job, or without a token. */
export function githubTarget(env: (name: string) => string | undefined, token: string): GitHubTarget | undefined {
  const [owner, repo, ...more] = (env('GITHUB_REPOSITORY') ?? '').split('/');
  const sha = env('GITHUB_SHA') ?? '';
  if (!owner || !repo || more.length > 0 || sha === '' || token === '') return undefined;
  return { owner, repo, sha, token, apiUrl: env('GITHUB_API_URL') || 'https://api.github.com' };
}
