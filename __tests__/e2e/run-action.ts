import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { evaluate, inputVariable, readActionMetadata } from './runner/action-metadata.ts';
import { type Moment, watchFor } from './runner/cancellation.ts';
import { runStep, type StepResult, type StepRun } from './runner/step.ts';
import type { SeenAnnotation } from './runner/workflow-commands.ts';
import { type Files, layOut, projectFolder, write } from './runner/workspace.ts';

export type { Moment } from './runner/cancellation.ts';
export type { SeenAnnotation } from './runner/workflow-commands.ts';
export type { Files } from './runner/workspace.ts';

export interface GitHubContext {
  readonly repository: string;
  readonly sha: string;
  readonly ref: string;
  readonly actor: string;
  readonly runId: string;
  readonly runAttempt: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
}

export interface RunActionOptions {
  /** What the step says under `with:`; every other declared input gets its default. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Variables of the job, such as those of AWS. Nothing of this machine's environment is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly payload: object };
  readonly github?: Partial<GitHubContext>;
  /** What `github.token` is; masked, as the runner masks it. */
  readonly githubToken?: string;
  /** An existing folder to use, left as it is found after the run. Default: one that is laid out and removed again. */
  readonly workspace?: string;
  /** Files to write into the workspace first; null removes one. */
  readonly files?: Files;
  /** The folder with action.yml; default this project. */
  readonly action?: string;
  /** The job is cancelled at this moment: SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL. */
  readonly cancelAfter?: Moment;
  /** The runner dies at this moment: SIGKILL, and no post step. */
  readonly cutAfter?: Moment;
  /** The step alone dies at this moment, for want of memory say: SIGKILL, and the runner goes on with the post step. */
  readonly killAfter?: Moment;
  /** Over `env`, for the post step alone: credentials that have gone by then. */
  readonly postEnv?: Readonly<Record<string, string>>;
  /** Each line of the log, masked, as it is written. */
  readonly onLine?: (line: string) => void;
  /** The longest a step may take before it is killed and the run rejects. Milliseconds; default 120,000. */
  readonly timeLimit?: number;
}

export interface PostResult {
  readonly exitCode: number;
  readonly log: string;
  readonly annotations: readonly SeenAnnotation[];
}

export interface ActionRun {
  readonly exitCode: number;
  /** As the runner concludes it: an exit code of 0 can still be a failure when a command was refused. */
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  /** What the check run would show, at most ten of a level. */
  readonly annotations: readonly SeenAnnotation[];
  /** How many more there were, which nobody sees. */
  readonly annotationsDropped: number;
  /** Both streams as a user reads them: commands carried out, secrets masked. */
  readonly log: string;
  /** The log without the runner's masks. */
  readonly unmasked: string;
  /** The job summary; '' when there is none or it was too large. */
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The parsed file that the output `report` names. */
  readonly report: unknown;
  readonly state: Readonly<Record<string, string>>;
  readonly exportedEnv: Readonly<Record<string, string>>;
  /** Absent when the action has no post step, or the runner died. */
  readonly post: PostResult | undefined;
  readonly durationMs: number;
}

const GITHUB: GitHubContext = {
  repository: 'octo-org/todobackend',
  sha: '8c1f0a4f3d2b5e6978a0b1c2d3e4f5a6b7c8d9e0',
  ref: 'refs/heads/main',
  actor: 'octocat',
  runId: '4711',
  runAttempt: '1',
  serverUrl: 'https://github.com',
  apiUrl: 'http://127.0.0.1:9', // nothing listens there: a run that needs GitHub is given a local one
};

/** Runs the action in a process of its own as the GitHub runner does: main, then post. */
export async function runAction(options: RunActionOptions = {}): Promise<ActionRun> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ecs-muster-run-')));
  try {
    return await runIn(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, options: RunActionOptions): Promise<ActionRun> {
  const metadata = await readActionMetadata(options.action ?? projectFolder);
  if (!existsSync(metadata.main)) throw new Error(`${metadata.main} is missing: npm run build makes it`);
  const workspace = options.workspace ?? join(folder, 'workspace');
  if (options.workspace === undefined) await layOut(workspace, options.files ?? {});
  else await write(workspace, options.files ?? {});
  const env = await jobEnvironment(folder, workspace, metadata.defaults, options);
  const masks = new Set(options.githubToken ? [options.githubToken] : []);

  const step = (script: string, moments: Moments, more: Readonly<Record<string, string>> = {}) =>
    watched(options, moments, (watch) =>
      runStep({ script, workspace, runnerTemp: join(folder, 'temp'), env: { ...env, ...more }, masks, ...watch }),
    );

  const startedAt = performance.now();
  const main = await step(metadata.main, options);
  const durationMs = performance.now() - startedAt;
  const { exportedEnv, state } = main.result;
  const post =
    metadata.post === undefined || main.cut
      ? undefined
      : await step(metadata.post, {}, { ...exportedEnv, ...stateVariables(state), ...options.postEnv });
  return {
    ...told(main.result),
    conclusion: conclude(main),
    report: await readReport(main.result.outputs.report, options.action === undefined),
    post: post && {
      exitCode: post.result.step.failures.length > 0 ? 1 : post.result.exitCode,
      log: post.result.step.log,
      annotations: post.result.step.annotations,
    },
    durationMs,
  };
}

/** Every run of this project's action is held to what the documentation says of the file. */
const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ } });
const keepsToSchema = ajv.compile(JSON.parse(readFileSync(join(projectFolder, 'docs', 'report.schema.json'), 'utf8')));

type Moments = Pick<RunActionOptions, 'cancelAfter' | 'cutAfter' | 'killAfter'>;

interface Watched {
  readonly result: StepResult;
  readonly cancelled: boolean;
  readonly cut: boolean;
}

/** Starts a step and makes happen to it what the options say. */
async function watched(
  options: RunActionOptions,
  moments: Moments,
  start: (watch: Pick<StepRun, 'cancel' | 'cut' | 'onLine'>) => Promise<StepResult>,
): Promise<Watched> {
  const [cancel, cut, kill] = [new AbortController(), new AbortController(), new AbortController()];
  const watches = [
    watchFor(moments.cancelAfter, cancel),
    watchFor(moments.cutAfter, cut),
    watchFor(moments.killAfter, kill),
  ];
  const lines: string[] = [];
  const limit = options.timeLimit ?? 120_000;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    cut.abort();
  }, limit);
  try {
    const result = await start({
      cancel: cancel.signal,
      cut: AbortSignal.any([cut.signal, kill.signal]),
      onLine: (line) => {
        lines.push(line);
        options.onLine?.(line);
        for (const watch of watches) watch.onLine(line);
      },
    });
    if (late) throw new Error(`The action still ran after ${limit} ms. Its log:\n${lines.join('\n')}`);
    return { result, cancelled: cancel.signal.aborted, cut: cut.signal.aborted };
  } finally {
    clearTimeout(timer);
    for (const watch of watches) await watch.stop();
  }
}

function conclude(main: Watched): ActionRun['conclusion'] {
  if (main.cancelled) return 'cancelled';
  return main.result.exitCode === 0 && main.result.step.failures.length === 0 ? 'success' : 'failure';
}

function told({ exitCode, step, summary, outputs, state, exportedEnv }: StepResult) {
  const { annotations, annotationsDropped, log, unmasked } = step;
  return { exitCode, annotations, annotationsDropped, log, unmasked, summary, outputs, state, exportedEnv };
}

const stateVariables = (state: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));

async function readReport(path: string | undefined, isThisProject: boolean): Promise<unknown> {
  if (path === undefined || path === '') return undefined;
  const report: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (isThisProject && !keepsToSchema(report)) {
    throw new Error(`The report does not keep to docs/report.schema.json:\n${ajv.errorsText(keepsToSchema.errors)}`);
  }
  return report;
}

async function jobEnvironment(
  folder: string,
  workspace: string,
  defaults: ReadonlyMap<string, string>,
  options: RunActionOptions,
): Promise<Record<string, string>> {
  const github = { ...GITHUB, ...options.github };
  const event = options.event ?? { name: 'push', payload: { ref: github.ref, after: github.sha } };
  const eventPath = join(folder, 'event.json');
  await mkdir(join(folder, 'home'), { recursive: true });
  await writeFile(eventPath, JSON.stringify(event.payload));
  const context = { token: options.githubToken ?? '', repository: github.repository, sha: github.sha, ref: github.ref };
  const inputs = new Map<string, string>();
  for (const [name, value] of defaults) inputs.set(inputVariable(name), evaluate(value, context));
  for (const [name, value] of Object.entries(options.inputs ?? {})) inputs.set(inputVariable(name), value);
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    CI: 'true',
    AWS_EC2_METADATA_DISABLED: 'true', // this machine's own, if it has any, is not the job's
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: 'muster',
    GITHUB_ACTION_PATH: options.action ?? projectFolder,
    GITHUB_ACTOR: github.actor,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_GRAPHQL_URL: `${github.apiUrl}/graphql`,
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_JOB: 'deploy',
    GITHUB_REF: github.ref,
    GITHUB_REF_NAME: github.ref.replace(/^refs\/(heads|tags)\//, ''),
    GITHUB_REPOSITORY: github.repository,
    GITHUB_REPOSITORY_OWNER: github.repository.split('/')[0] ?? '',
    GITHUB_RUN_ID: github.runId,
    GITHUB_RUN_NUMBER: '42',
    GITHUB_RUN_ATTEMPT: github.runAttempt,
    GITHUB_SHA: github.sha,
    GITHUB_WORKFLOW: 'deploy',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: 'X64',
    RUNNER_OS: 'Linux',
    RUNNER_NAME: 'local',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_TEMP: join(folder, 'temp'),
    RUNNER_TOOL_CACHE: join(folder, 'tool-cache'),
    ...options.env,
    ...Object.fromEntries(inputs),
  };
}
