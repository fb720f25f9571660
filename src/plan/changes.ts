import type { PlannedChangeSet, PlannedResource } from '../stack/planned-model.ts';
import { isRecord } from '../template/data.ts';
import { section } from '../template/template.ts';
import type { PlanContext } from './context.ts';
import { factsOf, groupDetails } from './details.ts';
import type { PlannedChange, PropertyChange } from './model.ts';
import { propertyChanges } from './properties.ts';
import { highest, riskOf } from './risk.ts';

/** What would change, resource by resource, fit to be shown. */
export function plannedChanges(planned: PlannedChangeSet, context: PlanContext): PlannedChange[] {
  return planned.resources.map((resource) => {
    const { logicalId } = resource;
    const isWritten = isRecord(section(context.after, 'Resources')[logicalId]);
    return {
      ...changeOf(resource, propertyChanges(resource, context)),
      ...(isWritten && { location: context.after.locate(['Resources', logicalId]) }),
    };
  });
}

const NESTED = 'which values are secret is written in the template of the nested stack';

/** A resource of a nested stack. Its template is not known here, and so neither is what in it is secret. */
function nestedChange(resource: PlannedResource): PlannedChange {
  const properties = groupDetails(resource.details).map((group) => ({ ...factsOf(group), withheld: NESTED }));
  return changeOf(resource, properties);
}

function changeOf(resource: PlannedResource, properties: readonly PropertyChange[]): PlannedChange {
  const { action, logicalId, resourceType, physicalId, replacement, policyAction, scope, nested } = resource;
  const inside = nested && { changes: nested.resources.map(nestedChange), empty: nested.empty };
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
