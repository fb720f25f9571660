import type { Aws } from '../aws/aws.ts';
import type { DeploymentRequest } from '../config/request.ts';
import { secretValues, valuesOf } from '../config/values.ts';
import type { Deployed } from '../drift/properties.ts';
import { type Comparison, compareDeployed } from '../drift/undeployed.ts';
import { planContext } from '../plan/context.ts';
import { deployedTemplate } from '../stack/deployed-template.ts';
import type { StackDrift } from '../stack/drift-model.ts';
import type { Stack } from '../stack/model.ts';
import { parseTemplate } from '../template/parse.ts';
import type { Values } from '../template/resolve.ts';
import { expressionSecrecy, nestedSecretParameters } from '../template/secrets.ts';
import type { Template } from '../template/template.ts';
import type { Finding } from '../types.ts';
import { parameterArguments } from './parameter-arguments.ts';

/** What a stack was deployed from. */
export interface Known {
  /** The deployed template, its places those of the repository's; undefined where it cannot be read. */
  readonly before: Template | undefined;
  /** What the deployed template is evaluated with. */
  readonly values: Values;
  readonly comparison: Comparison;
  readonly secrets: readonly string[];
  readonly findings: readonly Finding[];
}

/** What the stack was deployed from, and how that differs from the repository. */
export async function whatIsDeployed(request: DeploymentRequest, stack: Stack, aws: Aws): Promise<Known> {
  const { template, parameters, tags } = request;
  const [read, { resolved, secrets: lookedUp }] = await Promise.all([
    deployedTemplate(await aws.cloudFormation(), stack.id),
    parameterArguments(aws, request, stack),
  ]);
  const parsed = read.text === undefined ? undefined : parseTemplate(read.text, template.file).template;
  const before = parsed && { ...parsed, locate: template.locate };
  const { pseudo = {} } = valuesOf([], request);
  const live = Object.entries(stack.parameters).map(
    ([name, { value, resolvedValue }]) => [name, { value: resolvedValue ?? value }] as const,
  );
  const secrets = [...secretValues(parameters), ...lookedUp];
  const comparison =
    before === undefined
      ? { unchecked: [] }
      : compareDeployed(stack, planContext(before, template, valuesOf(parameters, request, resolved), secrets), {
          parameters,
          resolved,
          ...(tags && { tags }),
        });
  return {
    before,
    values: { parameters: new Map(live), pseudo },
    comparison,
    secrets,
    findings: before === undefined ? unreadable(read.findings) : read.findings,
  };
}

function unreadable(findings: readonly Finding[]): Finding[] {
  const [first] = findings;
  return [
    {
      level: 'error',
      title: 'What the stack was deployed from could not be read',
      message: `Whether it is what the repository says is not known. ${first?.title ?? 'CloudFormation told no template that can be read.'}`,
      remedy: "Allow cloudformation:GetTemplate to the job's role.",
    },
  ];
}

/** What is secret of each stack, by the path of it: of the nested ones, of those that have drifted and what they are in. */
export async function deployedOf(
  stacks: readonly StackDrift[],
  known: Known,
  aws: Aws,
): Promise<Map<string, Deployed>> {
  const cfn = await aws.cloudFormation();
  const withDrift = stacks.filter(({ resources }) => resources.some(({ state }) => state === 'modified'));
  const read = await Promise.all(
    stacks.map(async ({ path, stackId }) => {
      const isNeeded = path.length > 0 && withDrift.some((other) => isWithin(other.path, path));
      const text = isNeeded ? (await deployedTemplate(cfn, stackId)).text : undefined;
      return { path, template: text === undefined ? undefined : parseTemplate(text, 'a nested stack').template };
    }),
  );
  const deployed = new Map<string, Deployed>();
  const { before, values, secrets } = known;
  if (before !== undefined)
    deployed.set('', {
      template: before,
      withhold: { expression: expressionSecrecy(before, values), values: secrets },
    });
  // A stack comes before those in it.
  for (const { path, template } of read) {
    const [logicalId = '', ...above] = path.toReversed();
    const parent = deployed.get(above.toReversed().join('/'));
    if (template === undefined || parent === undefined) continue;
    const secret = nestedSecretParameters(template, parent.template, parent.withhold.expression, logicalId);
    if (secret === undefined) continue;
    const withhold = { expression: expressionSecrecy(template, undefined, secret), values: secrets };
    deployed.set(path.join('/'), { template, withhold });
  }
  return deployed;
}

function isWithin(path: readonly string[], above: readonly string[]): boolean {
  return above.every((id, n) => path[n] === id);
}
