import { type Inputs, type Mode, readInputs } from './config/inputs.ts';
import { publishCheckRun } from './github/check-run.ts';
import { githubTarget } from './github/github.ts';
import { deploy } from './modes/deploy.ts';
import { verify } from './modes/verify.ts';
import type { Ledger, Outcome, Run } from './outcome.ts';
import { checkRunOf } from './report/check-run.ts';
import { tell } from './report/tell.ts';
import { writeReportFile } from './runner/report-file.ts';
import type { Runner } from './runner/runner.ts';
import { Failure, type Finding } from './types.ts';
import type { World } from './world.ts';

type Story = (inputs: Inputs, world: World, ledger: Ledger) => Promise<'succeeded' | 'unchanged'>;

const MODES: Readonly<Record<Mode, Story>> = { deploy, verify };

/** Runs the mode that the inputs ask for and tells how it ended. Returns the exit code of the step. */
export async function act(world: World): Promise<0 | 1> {
  const startedAt = world.clock.now();
  const ledger: Ledger = { findings: [] };
  const { inputs, githubToken, findings } = readInputs(world.runner);
  if (inputs?.environment !== undefined) ledger.environment = inputs.environment;
  const outcome = await outcomeOf(ledger, async () => {
    ledger.findings.push(...findings.filter(({ level }) => level !== 'error'));
    if (inputs === undefined) throw new Failure('invalid-config', findings);
    return MODES[inputs.mode](inputs, world, ledger);
  });
  world.runner.log.endGroup();
  await report(
    { mode: inputs?.mode ?? 'deploy', startedAt, endedAt: world.clock.now(), outcome, ledger, ...runOf(world) },
    world,
    githubToken,
  );
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

/** Everything that is told about a finished run, once. Nothing here changes the verdict. */
async function report(run: Run, { runner, signal }: World, githubToken: string | undefined): Promise<void> {
  const telling = tell(run, runner.masked);
  const published = signal.aborted ? undefined : publish(telling.run, runner, signal, githubToken);
  for (const annotation of telling.annotations) runner.annotate(annotation);
  await runner.summary(telling.summary);
  for (const [name, value] of telling.outputs) await runner.setOutput(name, value);
  await runner.setOutput('report', await writeReportFile(runner.env('RUNNER_TEMP'), telling.json));
  await published;
  for (const line of telling.lastLines) runner.log.line(line);
}

/** Puts every event at its line on a check run, where the token permits it. */
async function publish(run: Run, { log, env }: Runner, signal: AbortSignal, token = ''): Promise<void> {
  const target = githubTarget(env, token);
  const report = target === undefined ? undefined : checkRunOf(run);
  if (target === undefined || report === undefined) return;
  const published = await publishCheckRun(target, report, signal);
  if (published.published) log.line(`Every event at its line: ${published.url}`);
  else if (published.notPermitted)
    log.debug(`No check run: ${published.why}. It takes \`permissions: checks: write\`.`);
  else log.line(`The check run could not be written: ${published.why}`);
}
