import { listOf } from '../did-you-mean.ts';
import { distinct } from '../findings.ts';
import type { Template } from '../template/template.ts';
import type { Finding } from '../types.ts';
import { checkStack } from './check-stack.ts';
import { loadEnvironment } from './environment-file.ts';
import type { KnownEnvironment } from './environment-list.ts';
import { chosenEnvironments } from './environments.ts';
import type { Inputs } from './inputs.ts';
import { knownTargetOf, stackNameOf, tagsOf } from './target.ts';
import { isTemplateUrl, readTemplateFile } from './template-source.ts';

/** The surroundings of a job that has no credentials, and not the variables of the jobs that will have them. */
export interface OfflineContext {
  /** The checked-out repository. */
  readonly workspace: string;
  env(name: string): string | undefined;
}

export interface CheckedEnvironments {
  /** Those that could be read, in the order in which they were asked for. */
  readonly environments: readonly KnownEnvironment[];
  readonly findings: readonly Finding[];
}

/**
 * Reads every environment that the inputs ask for, all of the folder unless they name some, and checks each against the
 * template as far as that goes without AWS. A template that is a URL is left out of it.
 */
export async function checkEnvironments(inputs: Inputs, context: OfflineContext): Promise<CheckedEnvironments> {
  const asked = { ...inputs, environment: inputs.environment ?? 'all' };
  const chosen = await chosenEnvironments(asked, context.workspace, Number.POSITIVE_INFINITY);
  const findings = [...chosen.findings];
  const { template, findings: parsed } = isTemplateUrl(inputs.template)
    ? { findings: [] }
    : await readTemplateFile(context.workspace, inputs.template);
  if (chosen.inputs.length > 0) findings.push(...parsed);
  const environments: KnownEnvironment[] = [];
  for (const one of chosen.inputs) {
    const read = await checkEnvironment(one, { template, parsed }, context);
    if (read.environment !== undefined) environments.push(read.environment);
    findings.push(...read.findings);
  }
  return { environments, findings: distinct([...findings, ...sharedStacks(environments)]) };
}

async function checkEnvironment(
  inputs: Inputs,
  { template, parsed }: { readonly template?: Template | undefined; readonly parsed: readonly Finding[] },
  { workspace, env }: OfflineContext,
): Promise<{ readonly environment?: KnownEnvironment; readonly findings: readonly Finding[] }> {
  const name = inputs.environment ?? '';
  const { file, environment, findings: read } = await loadEnvironment(workspace, inputs.environmentDirectory, name);
  const findings = [...read];
  if (file === undefined) return { findings };
  const target = knownTargetOf(inputs, environment, env, findings);
  const stack = stackNameOf(inputs, environment, env, findings);
  tagsOf(inputs, environment, findings);
  if (template !== undefined)
    findings.push(...checkStack({ template, parsed, environment, file, target, inputs }).findings);
  const { account = accountOf(target.role), region, role } = target;
  if (stack === undefined) return { findings };
  return {
    environment: { name, stack, ...(region && { region }), ...(account && { account }), ...(role && { role }) },
    findings,
  };
}

/** `arn:aws:iam::<account>:role/<name>` */
function accountOf(role: string | undefined): string | undefined {
  return role?.split(':')[4];
}

/** Two environments that would take turns on one stack. */
function sharedStacks(environments: readonly KnownEnvironment[]): readonly Finding[] {
  const byStack = Map.groupBy(environments, ({ stack, region, account }) => JSON.stringify([stack, region, account]));
  return [...byStack.values()].flatMap((sharing): Finding[] => {
    const [first] = sharing;
    if (first === undefined || sharing.length < 2) return [];
    const { stack, region, account } = first;
    const where = [...(region ? [region] : []), ...(account ? [`account ${account}`] : [])].join(' of ');
    const known = where === '' ? 'their region and account are not known here' : `in ${where}`;
    return [
      {
        level: 'warning',
        title: `Several environments share the stack ${stack}`,
        message: `${listOf(sharing.map(({ name }) => name))} are all the stack ${stack}, ${known}. Each deployment would undo the other's.`,
        remedy: 'Give each a `stack-name` of its own, or say in their files which `region` or `account` they are in.',
      },
    ];
  });
}
