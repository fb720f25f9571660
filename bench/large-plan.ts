/** A plan of as many changes as a template can have, told in the comment of a pull request. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalGitHub } from '../emulator/github/local-github.ts';
import { startLocalAws } from '../emulator/local-aws.ts';
import { runActionProcess } from './action-process.ts';
import { createStack } from './created-stack.ts';
import { scriptedTemplate } from './scripted-stack.ts';
import { median } from './statistics.ts';

/** A template has at most 500 resources (CloudFormation quotas); three are the cluster's. */
const RESOURCES = 497;
const REPOSITORY = 'muster/bench';
const HEAD = 'a'.repeat(40);

export interface LargePlan {
  readonly resources: number;
  /** From the last answer of AWS to the first request to GitHub after it: all that is told is rendered by then. */
  readonly renderMs: number;
  readonly wallMs: number;
  /** AWS calls. */
  readonly calls: number;
  /** Characters. */
  readonly comment: number;
  readonly summaryBytes: number;
  /** Bytes; undefined where the system does not tell. */
  readonly peak: number | undefined;
}

/** Every parameter of the stack gets another value. Times are the median of the runs, memory the most of any. */
export async function largePlan(runs: number): Promise<LargePlan> {
  const template = scriptedTemplate(Array.from({ length: RESOURCES }, (_, index) => `Parameter${index}`));
  const workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-bench-'));
  try {
    await mkdir(join(workspace, 'env'));
    await writeFile(join(workspace, 'env', 'bench.cfg'), '');
    await writeFile(join(workspace, 'stack.yml'), template.replaceAll("Value: '1'", "Value: '2'"));
    await writeFile(join(workspace, 'event.json'), JSON.stringify(EVENT));
    await using aws = await startLocalAws({ speed: Number.POSITIVE_INFINITY });
    await createStack(aws, { name: 'bench', region: 'us-east-1', template });
    const plans: LargePlan[] = [];
    for (let run = 0; run < runs; run += 1) plans.push(await plan(aws, workspace));
    const [first] = plans;
    if (first === undefined) throw new Error('Nothing was planned');
    const peaks = plans.flatMap(({ peak }) => peak ?? []);
    return {
      ...first,
      renderMs: median(plans.map(({ renderMs }) => renderMs)),
      wallMs: median(plans.map(({ wallMs }) => wallMs)),
      peak: peaks.length > 0 ? Math.max(...peaks) : undefined,
    };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function plan(aws: Awaited<ReturnType<typeof startLocalAws>>, workspace: string): Promise<LargePlan> {
  await using github = await startLocalGitHub({
    repository: REPOSITORY,
    pullRequests: [{ number: 1, headSha: HEAD }],
  });
  const before = aws.calls().length;
  const run = await runActionProcess(
    workspace,
    { mode: 'plan', environment: 'bench', 'stack-name': 'bench', 'github-token': github.token },
    {
      ...aws.env,
      GITHUB_API_URL: github.url,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: join(workspace, 'event.json'),
      GITHUB_REF: 'refs/pull/1/merge',
      GITHUB_SHA: 'c'.repeat(40),
    },
  );
  const [comment] = github.comments();
  if (run.exitCode !== 0 || comment === undefined)
    throw new Error(`A plan failed:\n${run.lines.map(({ text }) => text).join('\n')}`);
  const calls = aws.calls().slice(before);
  const answered = Math.max(...calls.map(({ at }) => Date.parse(at)));
  const told = github.requests().find(({ at }) => Date.parse(at) >= answered);
  if (told === undefined) throw new Error('The plan was told before AWS had answered');
  return {
    resources: RESOURCES + 3,
    renderMs: Date.parse(told.at) - answered,
    wallMs: run.wallMs,
    calls: calls.length,
    comment: comment.body.length,
    summaryBytes: Buffer.byteLength(run.summary),
    peak: run.peakMemory,
  };
}

const EVENT = {
  action: 'synchronize',
  number: 1,
  pull_request: {
    number: 1,
    merged: false,
    head: { sha: HEAD, ref: 'feature', repo: { full_name: REPOSITORY } },
    base: { sha: 'b'.repeat(40), ref: 'main', repo: { full_name: REPOSITORY } },
  },
};
