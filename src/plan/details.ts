import type { PlannedDetail } from '../stack/planned-model.ts';
import type { Cause, PropertyChange } from './model.ts';

/** All that CloudFormation says about one property or attribute of a resource. */
export interface DetailGroup {
  readonly path: readonly string[];
  readonly details: readonly [PlannedDetail, ...PlannedDetail[]];
}

/** Details by the property that they are about, in the order in which they are told. */
export function groupDetails(details: readonly PlannedDetail[]): DetailGroup[] {
  const groups = new Map<string, { path: readonly string[]; details: [PlannedDetail, ...PlannedDetail[]] }>();
  for (const detail of details) {
    const path = detail.name === undefined ? [detail.attribute] : [detail.attribute, detail.name];
    const key = JSON.stringify(path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { path, details: [detail] });
    else group.details.push(detail);
  }
  return [...groups.values()];
}

const RECREATION = ['Always', 'Conditionally', 'Never'] as const;

/** What holds of the property as a whole, whatever its values. */
export function factsOf({ path, details }: DetailGroup): PropertyChange {
  const actions = new Set(details.map(({ action }) => action));
  const [action] = actions;
  return {
    path,
    ...(action !== undefined && { action: actions.size === 1 ? action : 'Modify' }),
    requiresRecreation:
      RECREATION.find((recreation) => details.some((detail) => detail.requiresRecreation === recreation)) ?? 'Never',
    certain: details.some(({ evaluation }) => evaluation === 'Static'),
    causes: causesOf(details),
    ...(details.some(({ drifted }) => drifted) && { drifted: true }),
  };
}

const KINDS: Readonly<Record<string, Cause['kind']>> = {
  ParameterReference: 'parameter',
  ResourceReference: 'resource',
  ResourceAttribute: 'attribute',
  DirectModification: 'direct',
  Automatic: 'automatic',
  NoModification: 'none',
};

/**
 * Why it changes, each cause once. A parameter that changes also shows as a dynamic direct modification (API reference,
 * ResourceChangeDetail), which says nothing more.
 */
function causesOf(details: readonly PlannedDetail[]): Cause[] {
  const byParameter = details.some(({ source }) => source === 'ParameterReference');
  const causes = new Map<string, Cause>();
  for (const { source = '', entity, evaluation } of details) {
    const kind = KINDS[source];
    if (kind === undefined || (byParameter && kind === 'direct' && evaluation === 'Dynamic')) continue;
    causes.set(`${kind} ${entity}`, { kind, ...(entity && { entity }) });
  }
  return [...causes.values()];
}
