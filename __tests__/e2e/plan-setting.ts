import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import type { ChangeSetPlan, EnvironmentPlan } from '../../src/plan/model.ts';
import { type ActionRun, type RunActionOptions, runAction } from './run-action.ts';
import { SMALL_FILES } from './small-stack.ts';

export const PULL_REQUEST = 12;
export const HEAD = 'a'.repeat(40);
export const BASE = 'b'.repeat(40);
export const MERGED = 'c'.repeat(40);

/** The local AWS and the local GitHub, with what plans and deployments of pull requests need. */
export interface Setting extends AsyncDisposable {
  readonly aws: LocalAws;
  readonly github: LocalGitHub;
  readonly cfn: CloudFormation;
  /** Replaces the local GitHub. Throws when a request to the old one was not as GitHub describes it. */
  restartGitHub(options?: LocalGitHubOptions): Promise<void>;
  plan(inputs: Readonly<Record<string, string>>, options?: RunActionOptions): Promise<ActionRun>;
  deploy(inputs: Readonly<Record<string, string>>, options?: RunActionOptions): Promise<ActionRun>;
  /** Change sets of a stack that were not executed. */
  changeSets(stack: string): Promise<readonly string[]>;
  /** Names of all stacks that are not deleted. */
  stacks(): Promise<readonly string[]>;
  /** Bodies of all comments. */
  comments(): readonly string[];
}

export async function startSetting(): Promise<Setting> {
  const aws = await startLocalAws({ speed: 600 });
  let github = await startLocalGitHub({ pullRequests: [{ number: PULL_REQUEST, headSha: HEAD }] });
  const credentials = { accessKeyId: 'person', secretAccessKey: 'person' };
  const cfn = new CloudFormation({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
  return {
    aws,
    get github() {
      return github;
    },
    cfn,
    async restartGitHub(options = {}) {
      await github[Symbol.asyncDispose]();
      github = await startLocalGitHub({ pullRequests: [{ number: PULL_REQUEST, headSha: HEAD }], ...options });
    },
    plan: (inputs, options = {}) =>
      runAction({
        env: aws.env,
        files: SMALL_FILES,
        githubToken: github.token,
        event: pullRequestEvent(),
        ...options,
        github: { apiUrl: github.url, ref: `refs/pull/${PULL_REQUEST}/merge`, ...options.github },
        inputs: { mode: 'plan', environment: 'dev', ...inputs },
      }),
    deploy: (inputs, options = {}) =>
      runAction({
        env: aws.env,
        files: SMALL_FILES,
        githubToken: github.token,
        ...options,
        github: { apiUrl: github.url, sha: MERGED, ...options.github },
        inputs: { environment: 'dev', ...inputs },
      }),
    async changeSets(stack) {
      const { Summaries = [] } = await cfn.listChangeSets({ StackName: stack });
      return Summaries.flatMap(({ ChangeSetName = '', ExecutionStatus }) =>
        ExecutionStatus === 'EXECUTE_COMPLETE' ? [] : [ChangeSetName],
      );
    },
    async stacks() {
      const { Stacks = [] } = await cfn.describeStacks({});
      return Stacks.map(({ StackName = '' }) => StackName);
    },
    comments: () => github.comments().map(({ body }) => body),
    async [Symbol.asyncDispose]() {
      await github[Symbol.asyncDispose]();
      await aws[Symbol.asyncDispose]();
    },
  };
}

/** The event of a pull request of this repository, or of a fork, into a branch of this one. */
export function pullRequestEvent(
  head = 'octo-org/todobackend',
  headSha = HEAD,
  base = 'main',
): { name: string; payload: object } {
  return {
    name: 'pull_request',
    payload: {
      action: 'synchronize',
      number: PULL_REQUEST,
      pull_request: {
        number: PULL_REQUEST,
        merged: false,
        head: { sha: headSha, ref: 'feature', repo: { full_name: head } },
        base: { sha: BASE, ref: base, repo: { full_name: 'octo-org/todobackend' } },
      },
    },
  };
}

/** The plans of a run, from its report file. */
export function plansOf(run: ActionRun): readonly EnvironmentPlan[] {
  const { report } = run;
  const plans: unknown = typeof report === 'object' && report !== null ? Reflect.get(report, 'plans') : undefined;
  if (!isPlans(plans)) throw new Error(`The report has no plans:\n${run.log}`);
  return plans;
}

function isPlans(value: unknown): value is readonly EnvironmentPlan[] {
  return Array.isArray(value) && value.every((plan) => typeof plan === 'object' && plan !== null && 'kind' in plan);
}

/** The one plan of a run, made by a change set. */
export function planOf(run: ActionRun): ChangeSetPlan {
  const [plan] = plansOf(run);
  if (plan?.kind !== 'change-set') throw new Error(`No change set was planned:\n${run.log}`);
  return plan;
}
