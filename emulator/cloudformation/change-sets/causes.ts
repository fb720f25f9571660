import type { Deployment } from '../model.ts';
import { isObject, type Json, sameValue } from '../template/model.ts';
import { type Reference, referencesIn } from '../template/references.ts';
import type { ChangeDetail, ResourceChange } from './model.ts';

export type Cause = Pick<ChangeDetail, 'changeSource' | 'evaluation' | 'causingEntity'>;

/**
 * The parameters that a request gives other values. One whose value in Systems Manager is another is none of them: the
 * properties that it reaches show as modified directly (LocalStack's recorded answers of AWS,
 * test_change_sets.snapshot.json, test_dynamic_ssm_parameter_lookup).
 */
export function changedParameters(before: Deployment | undefined, after: Deployment): Set<string> {
  const changed = new Set<string>();
  for (const [key, { value }] of after.parameters) {
    const old = before?.parameters.get(key);
    if (old === undefined || old.value !== value) changed.add(key);
  }
  return changed;
}

export interface Surroundings {
  readonly changedParameters: ReadonlySet<string>;
  /** The changes of resources that come before in order. */
  readonly changes: ReadonlyMap<string, ResourceChange>;
  /** What was deleted by hand and is made again. */
  readonly recreated: ReadonlySet<string>;
  condition(name: string): boolean;
}

/**
 * What a reference to a resource that changes makes of the property that has it. A replaced one changes it for certain;
 * of one that may be replaced, or is changed in place, only the execution tells (User Guide, example change sets:
 * "if you reference an updated resource that's conditionally replaced"). Ref to one that stays is no cause.
 */
function resourceCause(reference: Reference, cause: ResourceChange, isRecreated: boolean): Cause | undefined {
  if (cause.action !== 'Modify' && !isRecreated) return undefined;
  const evaluation = cause.replacement === 'True' || isRecreated ? 'Static' : 'Dynamic';
  if (reference.kind === 'attribute') {
    const causingEntity = `${reference.name}.${reference.attribute}`;
    return { changeSource: 'ResourceAttribute', evaluation, causingEntity };
  }
  if (reference.kind !== 'ref' || cause.replacement === 'False') return undefined;
  return { changeSource: 'ResourceReference', evaluation, causingEntity: reference.name };
}

/** Why a value changes that is written as `raw`, other than that it is written differently; each cause once. */
export function causesOf(raw: Json | undefined, surroundings: Surroundings): Cause[] {
  const causes = new Map<string, Cause>();
  for (const reference of referencesIn(raw, surroundings.condition)) {
    if (reference.kind !== 'ref' && reference.kind !== 'attribute') continue;
    const change = surroundings.changes.get(reference.name);
    const isParameter = reference.kind === 'ref' && surroundings.changedParameters.has(reference.name);
    const cause: Cause | undefined = isParameter
      ? { changeSource: 'ParameterReference', evaluation: 'Static', causingEntity: reference.name }
      : change && resourceCause(reference, change, surroundings.recreated.has(reference.name));
    if (cause !== undefined) causes.set(`${cause.changeSource} ${cause.causingEntity}`, cause);
  }
  return [...causes.values()];
}

const DIRECT = { changeSource: 'DirectModification' } as const;

/**
 * The causes of one change, the direct modification among them. API Reference, ResourceChangeDetail: a changed
 * parameter shows as a static ParameterReference beside a dynamic DirectModification.
 */
export function allCauses(
  raw: { readonly before: Json | undefined; readonly after: Json | undefined },
  causes: readonly Cause[],
  isDynamicallyModified: (cause: Cause) => boolean,
): Cause[] {
  if (!sameValue(raw.before, raw.after) || causes.length === 0) return [...causes, { ...DIRECT, evaluation: 'Static' }];
  return causes.some(isDynamicallyModified) ? [...causes, { ...DIRECT, evaluation: 'Dynamic' }] : [...causes];
}

const isCall = (value: Json) => {
  const [key, ...more] = isObject(value) ? Object.keys(value) : [];
  return key !== undefined && more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
};

/** An item that can be AWS::NoValue, which moves the items behind it. */
const canVanish = (value: Json) => isObject(value) && (Object.hasOwn(value, 'Fn::If') || value.Ref === 'AWS::NoValue');

/** The part of a declaration that makes the value at a path, as deep as it is written out. */
export function rawAt(raw: Json | undefined, path: readonly string[]): Json | undefined {
  let found = raw;
  for (const key of path) {
    if (found === undefined || isCall(found)) return found;
    if (Array.isArray(found)) {
      if (found.some(canVanish)) return found;
      found = found[Number(key)];
    } else if (isObject(found)) found = found[key];
    else return found;
  }
  return found;
}

/** API Reference, ResourceChangeDetail: a nested stack's template may have changed. */
export const AUTOMATIC: ChangeDetail = {
  attribute: 'Properties',
  requiresRecreation: 'Never',
  evaluation: 'Dynamic',
  changeSource: 'Automatic',
};
