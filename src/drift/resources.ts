import { exposures } from '../plan/exposure.ts';
import type { Risk } from '../plan/model.ts';
import { isStateful } from '../plan/stateful.ts';
import type { DetectedResource, PropertyDifference, StackDrift } from '../stack/drift-model.ts';
import type { SourceLocation } from '../types.ts';
import { movedByDesign, type ScaledGroups } from './by-design.ts';
import type { IgnoreRules, Place } from './ignore.ts';
import type { DriftedProperty, ResourceDrift, SetAside } from './model.ts';
import { type Deployed, driftedProperties } from './properties.ts';

/** What the results of the detections are read with. */
export interface DriftContext {
  /** By the path of the stack, its logical ids joined by `/`; the root stack's is ''. */
  readonly deployed: ReadonlyMap<string, Deployed>;
  readonly rules: IgnoreRules;
  readonly scaled: ScaledGroups;
  /** Where the repository's template has a place of the root stack's; of a nested stack, where the stack itself is. */
  locate(path: readonly string[], property: readonly string[]): SourceLocation | undefined;
}

export interface ReadDrift {
  readonly resources: readonly ResourceDrift[];
  readonly ignored: readonly SetAside[];
  readonly byDesign: readonly SetAside[];
  /** Everything that a rule could fall on. */
  readonly places: readonly Place[];
  /** Resources whose properties CloudFormation did not tell. */
  readonly unread: readonly (readonly string[])[];
  /** Stacks that could not be looked at. */
  readonly unseen: readonly (readonly string[])[];
}

/** What the detections found, with what is no drift set aside. */
export function readDrift(stacks: readonly StackDrift[], context: DriftContext): ReadDrift {
  const ignored: SetAside[] = [];
  const byDesign: SetAside[] = [];
  const resources: ResourceDrift[] = [];
  const places: Place[] = [];
  const unread: (readonly string[])[] = [];
  for (const stack of stacks)
    for (const resource of stack.resources) {
      const path = [...stack.path, resource.logicalId];
      places.push({ path, property: [] }, ...placesOf(path, resource));
      if (resource.expected === undefined && resource.state !== 'unsupported') unread.push(path);
      const read = setAside(resource, path, context, { ignored, byDesign });
      const deployed = context.deployed.get(stack.path.join('/'));
      const properties = driftedProperties(resource, read.left, deployed).map((property): DriftedProperty => {
        const location = context.locate(path, property.path);
        return { ...property, ...(location && { location }) };
      });
      const location = context.locate(path, []);
      resources.push({
        path,
        resourceType: resource.resourceType,
        ...(resource.physicalId !== undefined && { physicalId: resource.physicalId }),
        ...(resource.updatedAt !== undefined && { updatedAt: new Date(resource.updatedAt).toISOString() }),
        state: read.state,
        ...(resource.reason !== undefined && { reason: resource.reason }),
        risk: riskOf(resource, read.state, properties),
        properties,
        ...(location && { location }),
      });
    }
  const unseen = stacks.filter((stack) => stack.resources.length === 0).map(({ path }) => path);
  return { resources, ignored, byDesign, places, unread, unseen };
}

interface Left {
  readonly state: ResourceDrift['state'];
  readonly left: readonly PropertyDifference[];
}

/** What remains of a resource's drift; what does not is noted with what sets it aside. */
function setAside(
  resource: DetectedResource,
  path: readonly string[],
  { rules, scaled }: DriftContext,
  { ignored, byDesign }: { readonly ignored: SetAside[]; readonly byDesign: SetAside[] },
): Left {
  if (resource.state !== 'modified') {
    const rule = isNews(resource.state) ? rules.ruleFor({ path, property: [] }) : undefined;
    if (rule === undefined) return { state: resource.state, left: [] };
    ignored.push({ path, property: [], why: rule.text });
    return { state: 'in-sync', left: [] };
  }
  const left = resource.differences.filter((difference) => {
    const rule = rules.ruleFor({ path, property: difference.path });
    if (rule !== undefined) ignored.push({ path, property: difference.path, why: rule.text });
    if (rule !== undefined) return false;
    const why = movedByDesign(resource, difference, scaled.get(path.join('/')));
    if (why !== undefined) byDesign.push({ path, property: difference.path, why });
    return why === undefined;
  });
  const isKnown = resource.differences.length > 0;
  return { state: isKnown && left.length === 0 ? 'in-sync' : 'modified', left };
}

function isNews(state: DetectedResource['state']): boolean {
  return state === 'deleted' || state === 'unknown';
}

/** The properties of a resource that are compared, at every depth. */
function placesOf(path: readonly string[], { expected = {}, differences }: DetectedResource): Place[] {
  const places: Place[] = differences.map((difference) => ({ path, property: difference.path }));
  const visit = (value: unknown, property: readonly string[]) => {
    if (property.length > 0) places.push({ path, property });
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) visit(member, [...property, key]);
  };
  visit(expected, []);
  return places;
}

function riskOf(
  { logicalId, resourceType }: DetectedResource,
  state: ResourceDrift['state'],
  properties: readonly DriftedProperty[],
): Risk {
  if (state === 'deleted') return isStateful(resourceType) ? 'data-lost' : 'removed';
  if (state !== 'modified') return 'safe';
  const opened = exposures([
    {
      action: 'Modify',
      logicalId,
      resourceType,
      scope: ['Properties'],
      risk: 'safe',
      properties: properties.map(({ path, diff }) => ({
        path: ['Properties', ...path],
        requiresRecreation: 'Never',
        certain: true,
        causes: [],
        ...(diff && { diff }),
      })),
    },
  ]);
  return opened.length > 0 ? 'exposed' : 'safe';
}
