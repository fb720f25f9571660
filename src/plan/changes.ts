import type { PlannedChangeSet, PlannedResource } from '../stack/planned-model.ts';
import { isRecord } from '../template/data.ts';
import { section } from '../template/template.ts';
import type { PlanContext } from './context.ts';
import { factsOf, groupDetails } from './details.ts';
import type { PlannedChange, PropertyChange } from './model.ts';
import { propertyChanges } from './properties.ts';
import { highest, riskOf } from './risk.ts';

/** What nested stacks are read with, by the logical ids that lead to them; undefined where that is not known. */
export type NestedContexts = (path: readonly string[]) => PlanContext | undefined;

/** What would change, resource by resource, fit to be shown. */
export function plannedChanges(
  planned: PlannedChangeSet,
  context: PlanContext,
  nested: NestedContexts = () => undefined,
): PlannedChange[] {
  return planned.resources.map((resource) => {
    const { logicalId } = resource;
    const isWritten = isRecord(section(context.after, 'Resources')[logicalId]);
    return {
      ...changeOf(resource, propertyChanges(resource, context), [logicalId], nested),
      ...(isWritten && { location: context.after.locate(['Resources', logicalId]) }),
    };
  });
}

const NESTED = 'which values are secret is written in the template of the nested stack';

/** A resource of a nested stack. Where its template is not known, neither is what in it is secret. */
function nestedChange(resource: PlannedResource, stack: readonly string[], nested: NestedContexts): PlannedChange {
  const context = nested(stack);
  const properties =
    context === undefined
      ? groupDetails(resource.details).map((group) => ({ ...factsOf(group), withheld: NESTED }))
      : propertyChanges(resource, context);
  return changeOf(resource, properties, [...stack, resource.logicalId], nested);
}

function changeOf(
  resource: PlannedResource,
  properties: readonly PropertyChange[],
  path: readonly string[],
  contexts: NestedContexts,
): PlannedChange {
  const { action, logicalId, resourceType, physicalId, replacement, policyAction, scope, nested } = resource;
  const inside = nested && {
    changes: nested.resources.map((inner) => nestedChange(inner, path, contexts)),
    empty: nested.empty,
  };
  return {
    action,
    logicalId,
    resourceType,
    ...(physicalId && { physicalId }),
    ...(replacement && { replacement }),
    ...(policyAction && { policyAction }),
    scope,
    risk: highest([riskOf(resource), ...(inside?.changes ?? []).map(({ risk }) => risk)]),
    properties,
    ...(inside && { nested: inside }),
  };
}
