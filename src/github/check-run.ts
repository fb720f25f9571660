import { chunks } from '../chunks.ts';
import type { CheckAnnotation, CheckRunReport } from '../report/check-run.ts';
import type { GitHubTarget } from './github.ts';

// GitHub REST API, "Create a check run": at most 50 annotations a request; updates append theirs.
const PER_REQUEST = 50;
/** Telling must not hold the job up. Milliseconds for all requests together. */
const TIME_LIMIT = 5_000;

/** What became of the check run. `notPermitted`: the token lacks `checks: write`, as on a pull request of a fork. */
export type Published =
  | { readonly published: true; readonly url: string }
  | { readonly published: false; readonly notPermitted: boolean; readonly why: string };

/**
 * Writes a check run. Never throws, since no answer of GitHub's changes the verdict: without the permission, when
 * GitHub is down, slow, or refuses, it says why. The proxy that the environment names is used (@actions/github reads
 * it). `annotations` come in requests of fifty.
 */
export async function publishCheckRun(
  target: GitHubTarget,
  report: CheckRunReport,
  signal: AbortSignal,
  timeLimit: number = TIME_LIMIT,
): Promise<Published> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeLimit)]);
    return { published: true, url: await write(target, report, limited) };
  } catch (error) {
    return { published: false, ...explain(error) };
  }
}

async function write(target: GitHubTarget, report: CheckRunReport, signal: AbortSignal): Promise<string> {
  const { owner, repo, sha, token, apiUrl } = target;
  const { getOctokit } = await import('@actions/github');
  const { checks } = getOctokit(token, { baseUrl: apiUrl }).rest;
  // On each request: as an option of the client it would replace the client's own, which hold the proxy.
  const request = { signal };
  const { name, externalId, conclusion, title, summary } = report;
  const [first = [], ...rest] = chunks(report.annotations, PER_REQUEST).map((chunk) => chunk.map(asGitHubTakesIt));
  const { data } = await checks.create({
    owner,
    repo,
    name,
    head_sha: sha,
    external_id: externalId,
    status: 'completed',
    conclusion,
    output: { title, summary, annotations: first },
    request,
  });
  for (const annotations of rest) {
    await checks.update({ owner, repo, check_run_id: data.id, output: { title, summary, annotations }, request });
  }
  return data.html_url ?? '';
}

function asGitHubTakesIt({ level, path, startLine, endLine, title, message }: CheckAnnotation) {
  return { path, start_line: startLine, end_line: endLine, annotation_level: level, title, message };
}

/** 401 and 403 are a matter of permissions, unless it is the rate limit; 404 is what a private repository answers. */
function explain(error: unknown): { readonly notPermitted: boolean; readonly why: string } {
  const why = error instanceof Object && 'message' in error ? String(error.message) : String(error);
  const status = error instanceof Object && 'status' in error ? error.status : undefined;
  const notPermitted = (status === 401 || status === 403 || status === 404) && !/rate limit/i.test(why);
  return { notPermitted, why };
}
