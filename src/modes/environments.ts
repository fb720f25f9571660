import { checkEnvironments } from '../config/check-environments.ts';
import { type EnvironmentList, outputsFit } from '../config/environment-list.ts';
import type { Inputs } from '../config/inputs.ts';
import { touchedEnvironments } from '../config/touched.ts';
import { isCheckoutRoot } from '../config/workspace.ts';
import { hasError } from '../findings.ts';
import { changedFiles, commitsOfEvent } from '../github/changed-files.ts';
import type { GitHubTarget } from '../github/github.ts';
import { type GitHubEvent, readEvent } from '../github/pull-request.ts';
import type { Ledger } from '../outcome.ts';
import { environmentLines } from '../report/environment-table.ts';
import { Failure, type Finding } from '../types.ts';
import type { World } from '../world.ts';

/**
 * Which environments a workflow is to fan out over: those of the folder, or only those that the changed files touch.
 * Every environment file is checked, and AWS is not asked. Throws Failure `invalid-config` with all that is wrong.
 */
export async function environments(
  inputs: Inputs,
  world: World,
  ledger: Ledger,
  github: GitHubTarget | undefined,
): Promise<'succeeded'> {
  const { runner, workspace } = world;
  const { environments: all, findings } = await checkEnvironments(inputs, { workspace, env: runner.env });
  if (hasError(findings)) throw new Failure('invalid-config', findings);
  ledger.findings.push(...findings);
  const event = await readEvent(runner.env);
  const filters = inputs.changedOnly ?? event.name.startsWith('pull_request');
  const list = filters
    ? await touched({ all, chosen: all }, event, inputs, world, ledger, github)
    : { all, chosen: all };
  world.signal.throwIfAborted();
  if (!outputsFit(list.chosen)) throw new Failure('invalid-config', [tooMany(list.chosen.length)]);
  ledger.environments = list;
  for (const line of environmentLines(list)) runner.log.line(line);
  return 'succeeded';
}

/** Those that the event's files touch; all of them, with a notice, where that cannot be told. */
async function touched(
  everything: EnvironmentList,
  event: GitHubEvent,
  inputs: Inputs,
  world: World,
  ledger: Ledger,
  github: GitHubTarget | undefined,
): Promise<EnvironmentList> {
  const unknown = (why: string, remedy?: string): EnvironmentList => {
    ledger.findings.push(everyEnvironment(why, remedy));
    return everything;
  };
  const commits = commitsOfEvent(event);
  if ('why' in commits) return unknown(commits.why);
  if (github === undefined) return unknown('there is no token to ask GitHub with', 'Leave `github-token` as it is.');
  if (!(await isCheckoutRoot(world.workspace)))
    return unknown(
      'the repository is not checked out at the root of the workspace',
      'Leave out `path` of actions/checkout.',
    );
  const changed = await changedFiles(github, commits, world);
  switch (changed.outcome) {
    case 'found': {
      const names = everything.all.map(({ name }) => name);
      const { names: chosen, because, removed } = touchedEnvironments(changed.files, names, inputs);
      ledger.findings.push(...removed.map(removedEnvironment));
      return { ...everything, chosen: everything.all.filter(({ name }) => chosen.includes(name)), because };
    }
    case 'incomplete':
      return unknown(changed.why);
    case 'notPermitted':
      return unknown(`GitHub refused to tell (${changed.why})`, 'Give the job `permissions: contents: read`.');
    case 'failed':
      return unknown(`GitHub could not be asked (${changed.why})`);
    default:
      return changed satisfies never;
  }
}

function everyEnvironment(why: string, remedy: string | undefined): Finding {
  return {
    level: 'notice',
    title: 'Every environment is listed',
    message: `Which files changed is not known: ${why}.`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function removedEnvironment(file: string): Finding {
  return {
    level: 'warning',
    title: `${file} was removed`,
    message: 'Its stack was not: nothing deletes a stack because its environment file is gone.',
    remedy: 'Delete the stack in CloudFormation, if it is not needed any more.',
  };
}

function tooMany(count: number): Finding {
  return {
    level: 'error',
    title: 'There are too many environments for one list',
    message: `${count} environments are more than GitHub takes as outputs of a job, which is 1 MB.`,
    remedy: 'Name a part of them as the input `environment`, or keep them in several folders.',
  };
}
