import type { Aws } from '../aws/aws.ts';
import { readGroups } from '../cluster/read.ts';
import type { DeploymentRequest } from '../config/request.ts';
import { repairOf } from '../drift/repair.ts';
import { GROUP_TYPE } from '../drift/repair-harm.ts';
import type { Repair } from '../drift/repair-model.ts';
import { type PlanContext, planContext } from '../plan/context.ts';
import { maskedNames } from '../plan/masked.ts';
import { deployedTemplate } from '../stack/deployed-template.ts';
import type { ChangeSet, Stack } from '../stack/model.ts';
import type { PlannedResource } from '../stack/planned-model.ts';
import { flatChanges } from '../stack/planned-resource.ts';
import { createRevertChangeSet } from '../stack/revert.ts';
import { parseTemplate } from '../template/parse.ts';
import { nestedSecretParameters } from '../template/secrets.ts';
import { hasNestedStacks, resourcesOf, type Template } from '../template/template.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import type { Debt } from './debt.ts';
import type { Known } from './what-is-deployed.ts';

export interface Repairing {
  readonly aws: Aws;
  readonly world: World;
  readonly debt: Debt;
}

export interface ProposedRepair {
  readonly changeSet: ChangeSet;
  readonly repair: Repair;
}

/**
 * Makes the change set of this name, from `changeSetName`, that would bring a stack back to what was deployed, which is owed from before it is made until it
 * is executed, and reads what it would do. Throws Failure where CloudFormation does not say.
 */
export async function proposeRepair(
  request: DeploymentRequest,
  { stack, known, name }: { readonly stack: Stack; readonly known: Known; readonly name: string },
  { aws, world, debt }: Repairing,
): Promise<ProposedRepair> {
  const { region, role, stackName, capabilities, roleArn, template } = request;
  const { before, secrets } = known;
  // Without the deployed template nobody can tell what in the changes is secret.
  if (before === undefined) throw new Failure('access-denied', known.findings);
  const cfn = await aws.cloudFormation();
  const nested = hasNestedStacks(before);
  const owed = { region, ...(role && { role }), stackName, changeSetName: name, shellIsOurs: false, nested };
  await debt.owe(owed);
  const { clock, signal } = world;
  const { changeSet, planned, findings } = await createRevertChangeSet(
    { cfn, clock, signal },
    {
      name,
      stackName,
      region,
      stack,
      capabilities,
      ...(roleArn && { roleArn }),
      includeNested: nested,
      locate: template.locate,
      onMade: (stackId) => debt.owe({ ...owed, stackId }),
    },
  );
  const context = planContext(before, before, known.values, secrets, maskedNames(stack.parameters));
  const inside = await nestedContexts(planned.resources, { context, path: [] }, aws);
  const repair = repairOf({
    stackName,
    region,
    planned,
    context,
    nested: (path) => inside.get(path.join('/')),
    harm: {
      desired: await desiredOf(planned.resources, aws),
      locate: ([id = '']) => (resourcesOf(before).has(id) ? template.locate(['Resources', id]) : undefined),
    },
    findings,
  });
  return { changeSet: { ...changeSet, changes: flatChanges(planned.resources) }, repair };
}

interface Inside {
  readonly context: PlanContext;
  readonly path: readonly string[];
}

/** What the nested stacks of a change set were deployed from, by the logical ids that lead to them, joined by `/`. */
async function nestedContexts(
  resources: readonly PlannedResource[],
  { context, path }: Inside,
  aws: Aws,
): Promise<ReadonlyMap<string, PlanContext>> {
  const cfn = await aws.cloudFormation();
  const found = new Map<string, PlanContext>();
  for (const { logicalId, physicalId, nested } of resources) {
    if (nested === undefined || physicalId === undefined) continue;
    const { text } = await deployedTemplate(cfn, physicalId);
    const template = text === undefined ? undefined : parseTemplate(text, 'a nested stack').template;
    if (template === undefined) continue;
    const below = { context: nestedContext(context, logicalId, template), path: [...path, logicalId] };
    found.set(below.path.join('/'), below.context);
    for (const [key, value] of await nestedContexts(nested.resources, below, aws)) found.set(key, value);
  }
  return found;
}

/** A parameter that is given something secret is secret inside, also where the nested template does not say so. */
function nestedContext(parent: PlanContext, logicalId: string, template: Template): PlanContext {
  const values = { ...parent.values, parameters: new Map() };
  const { expression, values: secrets } = parent.withholdAfter;
  const masked = nestedSecretParameters(template, parent.after, expression, logicalId);
  return planContext(template, template, values, secrets, [...masked]);
}

/** The desired capacity of the groups that change: what moves it by design is not in a change set. */
async function desiredOf(resources: readonly PlannedResource[], aws: Aws): Promise<ReadonlyMap<string, number>> {
  const groups = await readGroups(aws, groupNames(resources));
  return new Map(groups.map(({ name, desired }) => [name, desired]));
}

function groupNames(resources: readonly PlannedResource[]): string[] {
  return resources.flatMap(({ action, resourceType, physicalId, nested }) => [
    ...(action === 'Modify' && resourceType === GROUP_TYPE && physicalId !== undefined ? [physicalId] : []),
    ...groupNames(nested?.resources ?? []),
  ]);
}
