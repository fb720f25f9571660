import { listOf } from '../did-you-mean.ts';
import type { Finding } from '../types.ts';
import { environmentNamesIn } from './environment-file.ts';
import type { Inputs } from './inputs.ts';
import { listItems } from './lists.ts';

export interface ChosenEnvironments {
  /** The inputs of each, in the order in which they were named; `all` are told by name. */
  readonly inputs: readonly Inputs[];
  readonly findings: readonly Finding[];
}

/** How many environments one job may look at: each has a section in one comment, and a request of its own. */
const MOST = 50;

/** The inputs of each environment that a list, or `all`, stands for; without one those of the stack that is named. */
export async function chosenEnvironments(inputs: Inputs, workspace: string, most = MOST): Promise<ChosenEnvironments> {
  const written = inputs.environment;
  if (written === undefined) return { inputs: [inputs], findings: [] };
  const names =
    written === 'all'
      ? await environmentNamesIn(workspace, inputs.environmentDirectory)
      : [...new Set(listItems(written))];
  const wrong = (message: string, remedy: string): ChosenEnvironments => ({
    inputs: [],
    findings: [{ level: 'error', title: 'Input environment is wrong', message, remedy }],
  });
  if (names.length === 0)
    return wrong(
      `'all' are the environment files in ${inputs.environmentDirectory}/, and there is none in the checked-out repository.`,
      'Check the repository out before this step, or name their folder as `env-directory`.',
    );
  if (names.length > most)
    return wrong(`These are ${names.length} environments, and ${most} are the limit.`, 'Split the job.');
  if (names.length > 1 && inputs.stackName !== undefined)
    return wrong(
      `'stack-name' names one stack, and there are the environments ${listOf(names)}.`,
      'Write `stack-name` into the environment files instead.',
    );
  return { inputs: names.map((environment) => ({ ...inputs, environment })), findings: [] };
}
