import type { Finding } from '../types.ts';
import type { Environment, Written } from './environment.ts';
import type { Inputs } from './inputs.ts';
import { findingAt } from './place.ts';
import { checkAccount, checkRegion, checkRoleArn, checkStackName, checkTags } from './shapes.ts';

type ReadVariable = (name: string) => string | undefined;

/** Which region of which account, and as whom. */
export interface Target {
  readonly region: string;
  /** Refuse to run with credentials of another account. */
  readonly account?: string;
  /** Assumed from the job's credentials. */
  readonly role?: string;
}

/** What was found, or undefined; what is wrong with it is added to the findings. */
export function targetOf(
  inputs: Inputs,
  environment: Environment,
  env: ReadVariable,
  findings: Finding[],
): Target | undefined {
  const { region, ...target } = knownTargetOf(inputs, environment, env, findings);
  if (region === undefined) {
    const message = 'No region is given, and AWS_REGION is not set.';
    const remedy = "Give the input 'region', or run aws-actions/configure-aws-credentials before this step.";
    findings.push({ level: 'error', title: 'Which region?', message, remedy });
    return undefined;
  }
  return { region, ...target };
}

/** The same for a job that has no region of its own: one that is not known is no problem there. */
export function knownTargetOf(
  inputs: Inputs,
  environment: Environment,
  env: ReadVariable,
  findings: Finding[],
): Partial<Target> {
  checkWritten(environment.region, checkRegion, findings);
  checkWritten(environment.account, checkAccount, findings);
  checkWritten(environment.role, checkRoleArn, findings);
  const region =
    inputs.region ?? environment.region?.value ?? (env('AWS_REGION') || env('AWS_DEFAULT_REGION') || undefined);
  return {
    ...(region === undefined ? {} : { region }),
    ...(environment.account === undefined ? {} : { account: environment.account.value }),
    ...(environment.role === undefined ? {} : { role: environment.role.value }),
  };
}

/** The input's, else the environment file's, else `<repository>-<environment>`. */
export function stackNameOf(
  inputs: Inputs,
  environment: Environment,
  env: ReadVariable,
  findings: Finding[],
): string | undefined {
  checkWritten(environment.stackName, checkStackName, findings);
  const given = inputs.stackName ?? environment.stackName?.value;
  if (given !== undefined) return given;
  const repository = env('GITHUB_REPOSITORY')?.split('/').at(-1);
  if (repository === undefined || repository === '') {
    const message =
      'A stack is named <repository>-<environment> unless a name is given, and GITHUB_REPOSITORY is not set.';
    findings.push({ level: 'error', title: 'Which stack?', message, remedy: "Give the input 'stack-name'." });
    return undefined;
  }
  const name = `${repository}-${inputs.environment}`;
  const problem = checkStackName(name);
  if (problem === undefined) return name;
  const fit = name
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^[^a-zA-Z]+/, '')
    .slice(0, 128);
  const message = `No stack name is given, and <repository>-<environment> makes none: ${problem}`;
  findings.push({ level: 'error', title: 'Which stack?', message, remedy: `Give one, such as stack-name: ${fit}` });
  return undefined;
}

/** Tags of the input win over those of the environment file. Undefined: neither gives any. */
export function tagsOf(
  inputs: Inputs,
  environment: Environment,
  findings: Finding[],
): Record<string, string> | undefined {
  const { tags } = environment;
  if (tags !== undefined) {
    for (const problem of checkTags(tags.values))
      findings.push(findingAt(tags.place, 'error', 'A tag is wrong', problem));
  }
  if (tags === undefined && inputs.tags === undefined) return undefined;
  return Object.assign(Object.create(null), tags?.values, inputs.tags);
}

function checkWritten(
  written: Written | undefined,
  check: (value: string) => string | undefined,
  findings: Finding[],
): void {
  const problem = written === undefined ? undefined : check(written.value);
  if (written !== undefined && problem !== undefined) {
    findings.push(findingAt(written.place, 'error', 'The environment file is wrong', problem));
  }
}
