import { type Inputs, type Mode, readInputs } from './config/inputs.ts';
import { tellInIssues } from './drift-telling.ts';
import { publishCheckRun } from './github/check-run.ts';
import { type GitHubTarget, githubTarget } from './github/github.ts';
import { readEvent, shownCommit } from './github/pull-request.ts';
import { deploy } from './modes/deploy.ts';
import { drift } from './modes/drift.ts';
import { environments } from './modes/environments.ts';
import { plan } from './modes/plan.ts';
import { revert } from './modes/revert.ts';
import { verify } from './modes/verify.ts';
import type { Ledger, Outcome, Run } from './outcome.ts';
import { type CommentedOn, commentOf, markCancelled, markStale, tellInComment } from './plan-telling.ts';
import { checkRunOf } from './report/check-run.ts';
import { untold } from './report/drift-issue.ts';
import { annotationHeading } from './report/log.ts';
import { tell } from './report/tell.ts';
import { growNoMore } from './runner/memory.ts';
import { writeReportFile } from './runner/report-file.ts';
import type { Runner } from './runner/runner.ts';
import { Failure, type Finding } from './types.ts';
import type { World } from './world.ts';

type Story = (
  inputs: Inputs,
  world: World,
  ledger: Ledger,
  github: GitHubTarget | undefined,
) => Promise<'succeeded' | 'unchanged'>;

const MODES: Readonly<Record<Mode, Story>> = { deploy, plan, drift, revert, verify, environments };

/** Runs the mode that the inputs ask for and tells how it ended. Returns the exit code of the step. */
export async function act(world: World): Promise<0 | 1> {
  const startedAt = world.clock.now();
  const ledger: Ledger = { findings: [] };
  const { inputs, githubToken, findings } = readInputs(world.runner);
  if (inputs?.environment !== undefined) ledger.environment = inputs.environment;
  const github = githubTarget(world.runner.env, githubToken ?? '');
  const comment = inputs?.mode === 'plan' ? await commentOf(inputs, world, github) : undefined;
  const staleness = comment && markStale(comment, world, runOf(world).runUrl);
  const outcome = await outcomeOf(ledger, async () => {
    ledger.findings.push(...findings.filter(({ level }) => level !== 'error'));
    if (inputs === undefined) throw new Failure('invalid-config', findings);
    if (inputs.mode === 'plan' || inputs.mode === 'drift') growNoMore();
    return MODES[inputs.mode](inputs, world, ledger, github);
  });
  world.runner.log.endGroup();
  await staleness;
  const run = { mode: inputs?.mode ?? 'deploy', startedAt, endedAt: world.clock.now(), outcome, ledger };
  const issues = inputs?.mode === 'drift' && inputs.driftIssue;
  await report({ ...run, ...runOf(world) }, world, { github, comment, issues });
  return outcome.outcome === 'failed' ? 1 : 0;
}

async function outcomeOf(ledger: Ledger, story: () => ReturnType<Story>): Promise<Outcome> {
  try {
    const outcome = await story();
    return { outcome, findings: ledger.findings };
  } catch (error) {
    const failure = error instanceof Failure ? error : internal(error);
    return { outcome: 'failed', reason: failure.reason, findings: [...failure.findings, ...ledger.findings] };
  }
}

function internal(error: unknown): Failure {
  const finding: Finding = {
    level: 'error',
    title: 'ECS Muster itself failed',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    remedy: 'Please report it with this message. Running the job again is safe.',
  };
  return new Failure('internal', [finding], { cause: error });
}

function runOf({ runner }: World): Pick<Run, 'commit' | 'repositoryUrl' | 'runUrl'> {
  const [commit, server, repository, id] = ['SHA', 'SERVER_URL', 'REPOSITORY', 'RUN_ID'].map((name) =>
    runner.env(`GITHUB_${name}`),
  );
  return {
    ...(commit && { commit }),
    ...(server && repository && { repositoryUrl: `${server}/${repository}` }),
    ...(server && repository && id && { runUrl: `${server}/${repository}/actions/runs/${id}` }),
  };
}

/** Where on GitHub a run is told, beside its job. */
interface Places {
  readonly github: GitHubTarget | undefined;
  readonly comment: CommentedOn | undefined;
  /** Drift is told in an issue for each environment. */
  readonly issues: boolean;
}

/** Everything that is told about a finished run, once. Nothing here changes the verdict. */
async function report(run: Run, world: World, { github, comment, issues }: Places): Promise<void> {
  const { runner, signal } = world;
  const telling = tell(run, runner.masked);
  const published = signal.aborted ? undefined : publish(telling.run, runner, signal, github);
  const cancelled = signal.aborted ? comment && markCancelled(comment, world, run.runUrl) : undefined;
  const commented = signal.aborted ? undefined : comment && tellPlan(comment, telling.run, world);
  const inIssues = signal.aborted || !issues ? undefined : github && tellInIssues(github, telling.run, world);
  for (const annotation of telling.annotations) {
    for (const line of annotationHeading(annotation)) runner.log.line(line);
    runner.annotate(annotation);
  }
  await runner.summary(telling.summary);
  for (const [name, value] of telling.outputs) await runner.setOutput(name, value);
  await writeReport(telling.json, runner);
  await commented;
  await cancelled;
  const notTold = await inIssues;
  if (notTold !== undefined) {
    runner.annotate(notTold);
    await runner.summary(untold(notTold));
  }
  await published;
  for (const line of telling.lastLines) runner.log.line(line);
}

/** Writes the report file; where that cannot be, the verdict stands without it. */
async function writeReport(json: string, runner: Runner): Promise<void> {
  try {
    await runner.setOutput('report', await writeReportFile(runner.env('RUNNER_TEMP'), json));
  } catch (cause) {
    runner.log.line(`The report file could not be written: ${String(cause)}`);
  }
}

/** Keeps the plan's comment, or says why it could not be kept: the summary stands in then. */
async function tellPlan(comment: CommentedOn, run: Run, world: World): Promise<void> {
  const { runner } = world;
  const told = await tellInComment(comment, run, world);
  switch (told.outcome) {
    case 'created':
    case 'updated':
    case 'unchanged':
      await runner.setOutput('comment-url', told.url);
      runner.log.line(`The plan on the pull request: ${told.url}`);
      return;
    case 'left':
      runner.log.line('The comment on the pull request was left as it is.');
      return;
    case 'notPermitted':
      runner.annotate({
        level: 'notice',
        title: 'The plan is in the job summary only',
        message: `This token may not comment on the pull request (${told.why}). It takes \`permissions: pull-requests: write\`, which GitHub gives to no pull request of a fork or of Dependabot.`,
      });
      return;
    case 'failed':
      runner.annotate({
        level: 'notice',
        title: 'The plan is in the job summary only',
        message: `The comment on the pull request could not be written: ${told.why}`,
      });
      return;
    default:
      told satisfies never;
  }
}

/** Puts every event at its line on a check run, where the token permits it. */
async function publish(
  run: Run,
  { log, env }: Runner,
  signal: AbortSignal,
  target: GitHubTarget | undefined,
): Promise<void> {
  const report = target === undefined ? undefined : checkRunOf(run);
  if (target === undefined || report === undefined) return;
  const sha = shownCommit(await readEvent(env), target.sha);
  const published = await publishCheckRun({ ...target, sha }, report, signal);
  if (published.published) log.line(`Every event at its line: ${published.url}`);
  else if (published.notPermitted)
    log.debug(`No check run: ${published.why}. It takes \`permissions: checks: write\`.`);
  else log.line(`The check run could not be written: ${published.why}`);
}
