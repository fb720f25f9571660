import type { ValueDiff } from '../diff/model.ts';
import { diffValues } from '../diff/values.ts';
import { parseJson } from '../stack/json-text.ts';
import type { Json, PlannedChangeSet, PlannedDetail, PlannedResource } from '../stack/planned-model.ts';
import { isRecord } from '../template/data.ts';
import { count } from '../text.ts';
import type { SourceLocation } from '../types.ts';
import type { Harm } from './repair-model.ts';

/** What the harm of a repair is judged by. */
export interface HarmContext {
  /** The desired capacity of live Auto Scaling groups, by name. */
  readonly desired: ReadonlyMap<string, number>;
  locate(path: readonly string[]): SourceLocation | undefined;
}

type Found = Pick<Harm, 'kind' | 'what'>;

export const GROUP_TYPE = 'AWS::AutoScaling::AutoScalingGroup';
/** What other stacks attach rules and policies to, which CloudFormation then takes for drift (User Guide). */
const SHARED = /^AWS::(EC2::SecurityGroup(Ingress|Egress)?|IAM::.*)$/;
const SIZES = ['DesiredCapacity', 'MaxSize'];

/** What a repair does that nobody may want, resource by resource, those of nested stacks too. No value is told. */
export function harmsOf(planned: PlannedChangeSet, context: HarmContext, within: readonly string[] = []): Harm[] {
  return planned.resources.flatMap((resource) => {
    const path = [...within, resource.logicalId];
    const location = context.locate(path);
    const own = [
      ...goes(resource),
      ...losesItems(resource),
      ...becomesSmaller(resource, context),
      ...bringsWhatIsNew(resource),
    ].map((found) => ({ ...found, path, resourceType: resource.resourceType, ...(location && { location }) }));
    return [...own, ...(resource.nested === undefined ? [] : harmsOf(resource.nested, context, path))];
  });
}

function goes({ action, replacement, policyAction }: PlannedResource): Found[] {
  if (action === 'Remove')
    return policyAction === 'Retain' ? [] : [{ kind: 'removed', what: 'is no part of the stack any more, and goes' }];
  if (replacement === 'True') return [{ kind: 'replaced', what: 'is replaced by a new one' }];
  if (replacement !== 'Conditional' && action !== 'Dynamic') return [];
  return [{ kind: 'maybe-replaced', what: 'may be replaced by a new one: only the execution decides' }];
}

function losesItems(resource: PlannedResource): Found[] {
  if (resource.action !== 'Modify' || !SHARED.test(resource.resourceType)) return [];
  const properties = new Set(
    resource.details.flatMap(({ attribute, name }) => (attribute === 'Properties' ? (name ?? []) : [])),
  );
  return [...properties].flatMap((property): Found[] => {
    // CloudFormation leaves tags with other keys alone (User Guide, "Using drift-aware change sets").
    if (property === 'Tags') return [];
    const [before, after] = valuesOf(resource, property);
    if (before === undefined && after === undefined)
      return [{ kind: 'loses-item', what: `may lose items of ${property}: CloudFormation does not tell its values` }];
    const lost = lostItems(diffValues(before, after, property));
    if (lost === 0) return [];
    const what = `loses ${count(lost, 'item')} of ${property}, which another stack may have attached`;
    return [{ kind: 'loses-item', what }];
  });
}

/** How many items of lists go, at any depth; an item that becomes another counts, since the two cannot be told apart. */
function lostItems(diff: ValueDiff): number {
  switch (diff.kind) {
    case 'same':
    case 'added':
    case 'text':
      return 0;
    case 'removed':
    case 'changed':
      return itemsIn(diff.before);
    case 'object':
      return sum(diff.members.map((member) => lostItems(member.diff)));
    case 'set':
      return diff.removed.length;
    case 'named':
    case 'list':
      return sum(diff.items.map((item) => (item.diff.kind === 'removed' ? 1 : lostItems(item.diff))));
    default:
      return diff satisfies never;
  }
}

/** A long value is told as a hash alone: what is in it is not known. */
const TRUNCATED = /^\(Truncated-Signature\)/;

function itemsIn(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'string') return TRUNCATED.test(value) ? 1 : 0;
  if (typeof value !== 'object' || value === null) return 0;
  return sum(Object.values(value).map(itemsIn));
}

function becomesSmaller(resource: PlannedResource, { desired }: HarmContext): Found[] {
  const { action, resourceType, details, physicalId = '' } = resource;
  const names = new Set(details.map(({ name = '' }) => name));
  if (action !== 'Modify' || resourceType !== GROUP_TYPE || !SIZES.some((name) => names.has(name))) return [];
  const [is, becomes] = valuesOf(resource, 'DesiredCapacity');
  const most = numberOf(valuesOf(resource, 'MaxSize')[1]);
  const now = desired.get(physicalId) ?? numberOf(is);
  const wanted = names.has('DesiredCapacity') ? numberOf(becomes) : now;
  const isKnown = now !== undefined && wanted !== undefined && (most !== undefined || !names.has('MaxSize'));
  if (!isKnown) return [{ kind: 'smaller', what: 'may become smaller: CloudFormation does not tell its sizes' }];
  const leaving = now - Math.min(wanted, most ?? wanted);
  if (leaving <= 0) return [];
  return [{ kind: 'smaller', what: `becomes smaller: ${count(leaving, 'instance')} of ${now} would leave` }];
}

/** Of a resource that is as it was deployed nothing should change by itself: the template and its parameters are the same. */
function bringsWhatIsNew({ action, driftStatus, details }: PlannedResource): Found[] {
  if (action !== 'Modify' || driftStatus === 'MODIFIED' || driftStatus === 'DELETED') return [];
  const names = new Set(details.filter(isOfItsOwn).map(({ attribute, name }) => name ?? attribute));
  if (names.size === 0) return [];
  const what = `takes a value of ${[...names].join(', ')} that was not deployed, such as the newer value of an SSM parameter`;
  return [{ kind: 'not-deployed', what }];
}

function isOfItsOwn({ attribute, evaluation, drifted, source }: PlannedDetail): boolean {
  const isDirect = source === 'DirectModification' || source === 'ParameterReference';
  return attribute === 'Properties' && evaluation === 'Static' && !drifted && isDirect;
}

/** Of a property as it is and as it would be: from the whole resource, or a detail that is about all of it. */
function valuesOf({ before, after, details }: PlannedResource, name: string): [Json | undefined, Json | undefined] {
  const member = (context: Json | undefined): Json | undefined => {
    const properties = isRecord(context) ? context.Properties : undefined;
    return isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  };
  if (before !== undefined || after !== undefined) return [member(before), member(after)];
  const whole = details.find((detail) => detail.name === name && detail.path === `/Properties/${name}`);
  return [toldValue(whole?.before), toldValue(whole?.after)];
}

/** A value of a detail is JSON where it is a list or a mapping, and otherwise the text itself. */
function toldValue(text: string | undefined): Json | undefined {
  return text !== undefined && /^\s*[[{]/.test(text) ? (parseJson(text) ?? text) : text;
}

function numberOf(value: Json | undefined): number | undefined {
  const isScalar = typeof value === 'string' || typeof value === 'number';
  return isScalar && value !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
