import type { Aws } from '../aws/aws.ts';
import { readGroups } from '../cluster/read.ts';
import type { DeploymentRequest } from '../config/request.ts';
import { repairOf } from '../drift/repair.ts';
import { GROUP_TYPE } from '../drift/repair-harm.ts';
import type { Repair } from '../drift/repair-model.ts';
import { planContext } from '../plan/context.ts';
import { maskedNames } from '../plan/masked.ts';
import { nestedContexts } from '../plan/nested.ts';
import type { ChangeSet, Stack } from '../stack/model.ts';
import type { PlannedResource } from '../stack/planned-model.ts';
import { flatChanges } from '../stack/planned-resource.ts';
import { createRevertChangeSet } from '../stack/revert.ts';
import { hasNestedStacks, resourcesOf } from '../template/template.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import type { Debt } from './debt.ts';
import { deployedAlone, nestedTemplates } from './nested-templates.ts';
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
  const inside = await nestedTemplates(planned.resources, deployedAlone(cfn));
  const repair = repairOf({
    stackName,
    region,
    planned,
    context,
    nested: nestedContexts(context, planned.resources, inside),
    harm: {
      desired: await desiredOf(planned.resources, aws),
      locate: ([id = '']) => (resourcesOf(before).has(id) ? template.locate(['Resources', id]) : undefined),
    },
    findings,
  });
  return { changeSet: { ...changeSet, changes: flatChanges(planned.resources) }, repair };
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
