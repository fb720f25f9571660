import type { Change, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import { parseObject } from './json-text.ts';
import type { ResourceChange } from './model.ts';
import type { PlannedDetail, PlannedResource } from './planned-model.ts';

/** One change as data, and the ARN of the change set of the nested stack that it is. */
export function plannedResourceOf({ ResourceChange: change }: Change): {
  readonly resource: PlannedResource;
  readonly nestedId?: string;
}[] {
  if (change?.LogicalResourceId === undefined || change.Action === undefined) return [];
  const before = parseObject(change.BeforeContext);
  const after = parseObject(change.AfterContext);
  const resource: PlannedResource = {
    action: change.Action,
    logicalId: change.LogicalResourceId,
    ...(change.PhysicalResourceId && { physicalId: change.PhysicalResourceId }),
    resourceType: change.ResourceType ?? '',
    ...(change.Replacement && { replacement: change.Replacement }),
    ...(change.PolicyAction && { policyAction: change.PolicyAction }),
    ...(change.ResourceDriftStatus && { driftStatus: change.ResourceDriftStatus }),
    scope: change.Scope ?? [],
    details: (change.Details ?? []).map(detailOf),
    ...(before && { before }),
    ...(after && { after }),
  };
  return [{ resource, ...(change.ChangeSetId && { nestedId: change.ChangeSetId }) }];
}

/** One change of a change set, without what only a plan looks at. */
export function resourceChangeOf(change: Change): ResourceChange[] {
  return flatChanges(plannedResourceOf(change).map(({ resource }) => resource));
}

/** All that changes, also in nested stacks, as flat as a change set tells its own; `Child/Inner` is in a nested one. */
export function flatChanges(resources: readonly PlannedResource[], within = ''): ResourceChange[] {
  return resources.flatMap((resource) => {
    const { action, physicalId, resourceType, replacement, policyAction, details, nested } = resource;
    const change: ResourceChange = {
      action,
      logicalId: `${within}${resource.logicalId}`,
      ...(physicalId !== undefined && { physicalId }),
      resourceType,
      ...(replacement !== undefined && { replacement }),
      ...(policyAction !== undefined && { policyAction }),
      changed: [...new Set(details.map(({ attribute, name }) => name ?? attribute))],
    };
    return [change, ...flatChanges(nested?.resources ?? [], `${change.logicalId}/`)];
  });
}

function detailOf({ Target: target, Evaluation, ChangeSource, CausingEntity }: ResourceChangeDetail): PlannedDetail {
  return {
    attribute: target?.Attribute ?? 'Properties',
    ...(target?.Name && { name: target.Name }),
    ...(target?.Path && { path: target.Path }),
    requiresRecreation: target?.RequiresRecreation ?? 'Never',
    evaluation: Evaluation ?? 'Static',
    ...(ChangeSource && { source: ChangeSource }),
    ...(CausingEntity && { entity: CausingEntity }),
    ...(target?.BeforeValue !== undefined && { before: target.BeforeValue }),
    ...(target?.AfterValue !== undefined && { after: target.AfterValue }),
    ...(target?.AttributeChangeType && { action: target.AttributeChangeType }),
    drifted: target?.Drift !== undefined,
  };
}
