import { valueAt } from '../change-sets/differences.ts';
import type { ResourceRecord } from '../model.ts';
import { type Json, type JsonObject, scalarText } from '../template/model.ts';
import { type Check, driftOf, look } from './check.ts';
import { asJson, comparable, type Incomparable } from './comparable.ts';
import type { PropertyDifference } from './differences.ts';
import { withDrift } from './overlay.ts';
import type { StackDriftStatus } from './records.ts';

export type ActualStatus = 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'UNKNOWN' | 'UNSUPPORTED';

/** A property whose drift a change set leaves alone. */
export interface IgnoredAttribute {
  /** `/Properties/DesiredCapacity` */
  readonly path: string;
  readonly reason: 'MANAGED_BY_AWS' | 'SENSITIVE_PROPERTY' | 'WRITE_ONLY_PROPERTY';
}

/** A resource as a drift-aware change set takes it. */
export interface ActualResource {
  readonly status: ActualStatus;
  /** As the last deployment left it. */
  readonly previous: ResourceRecord;
  /** The same with its actual properties; undefined when it was deleted. */
  readonly live: ResourceRecord | undefined;
  readonly ignored: readonly IgnoredAttribute[];
  /** The actual values of properties that AWS manages and has moved. */
  readonly managed: JsonObject;
  /** When it was read. */
  readonly timestamp: Date;
}

/** What a stack's resources were when a drift-aware change set was made. */
export interface ActualStack {
  readonly status: StackDriftStatus;
  readonly resources: ReadonlyMap<string, ActualResource>;
}

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** Whether something of the stack moves the group's size: a scaling policy, or a capacity provider's managed scaling. */
function isScaled(group: ResourceRecord, records: readonly ResourceRecord[]): boolean {
  const names = [group.physicalId, scalarText(asJson(GROUP, group.attributes).AutoScalingGroupARN)];
  return records.some(({ type, properties }) => {
    if (type === 'AWS::AutoScaling::ScalingPolicy') return names.includes(scalarText(properties.AutoScalingGroupName));
    if (type !== 'AWS::ECS::CapacityProvider') return false;
    const provider = properties.AutoScalingGroupProvider;
    const isEnabled = valueAt(provider, ['ManagedScaling', 'Status']) === 'ENABLED';
    return isEnabled && names.includes(scalarText(valueAt(provider, ['AutoScalingGroupArn'])));
  });
}

const REASONS: Readonly<Record<Incomparable, IgnoredAttribute['reason'] | undefined>> = {
  sensitive: 'SENSITIVE_PROPERTY',
  'write-only': 'WRITE_ONLY_PROPERTY',
  'not-mapped': undefined,
};

/** What is left out of the comparison, without what is inside of something that is left out itself. */
function leftOut(left: ReadonlyMap<string, Incomparable>): IgnoredAttribute[] {
  return [...left].flatMap(([path, why]) => {
    const reason = REASONS[why];
    const isInside = [...left.keys()].some((other) => path.startsWith(`${other}/`));
    return reason === undefined || isInside ? [] : [{ path: `/Properties${path}`, reason }];
  });
}

/**
 * The drift that a change set would revert (CloudFormation User Guide, "Using drift-aware change sets"): not that of
 * tags whose keys the template does not have, of immutable properties, or of properties that AWS manages.
 */
function revertible(
  { world, stack }: Check,
  record: ResourceRecord,
  differences: readonly PropertyDifference[],
): { differences: PropertyDifference[]; managed: JsonObject } {
  const managed = record.type === GROUP && isScaled(record, [...stack.resources.values()]) ? ['DesiredCapacity'] : [];
  const kept = differences.filter(({ path: [name = ''], type }) => {
    if (managed.includes(name)) return false;
    if (name === 'Tags' && type === 'ADD') return false;
    return world.replacement(record.type, name) !== 'yes';
  });
  const moved = differences.flatMap(({ path, actual }): [string, Json][] =>
    path.length === 1 && managed.includes(path[0] ?? '') && actual !== undefined ? [[path[0] ?? '', actual]] : [],
  );
  return { differences: kept, managed: Object.fromEntries(moved) };
}

/** Only properties that have drifted take another shape than the template gave them. */
function liveRecord(record: ResourceRecord, differences: readonly PropertyDifference[]): ResourceRecord {
  if (differences.length === 0) return record;
  const names = new Set(differences.map(({ path }) => path[0]));
  const expected = asJson(record.type, record.properties);
  const drifted = withDrift(expected, differences);
  const laidOver = (properties: JsonObject): JsonObject => {
    const kept = Object.entries(properties).filter(([name]) => !names.has(name));
    return Object.fromEntries([...kept, ...Object.entries(drifted).filter(([name]) => names.has(name))]);
  };
  return { ...record, properties: laidOver(record.properties), declared: laidOver(record.declared) };
}

async function readResource(check: Check, record: ResourceRecord): Promise<ActualResource> {
  const { world, stack } = check;
  const found = await look(check, record);
  const { expected, left } = comparable(record, stack.deployment);
  const about = { previous: record, ignored: [], managed: {}, timestamp: world.clock.now() };
  switch (found.kind) {
    case 'unsupported':
      return { ...about, status: 'UNSUPPORTED', live: record };
    case 'unknown':
      return { ...about, status: 'UNKNOWN', live: record };
    case 'deleted':
      return { ...about, status: 'DELETED', live: undefined };
    case 'present': {
      const all = driftOf(record, expected, found.properties);
      const { differences, managed } = revertible(check, record, all);
      return {
        ...about,
        status: all.length === 0 ? 'IN_SYNC' : 'MODIFIED',
        live: liveRecord(record, differences),
        ignored: [
          ...leftOut(left),
          ...Object.keys(managed).map(
            (name): IgnoredAttribute => ({ path: `/Properties/${name}`, reason: 'MANAGED_BY_AWS' }),
          ),
        ],
        managed,
      };
    }
    default: {
      const unknown: never = found;
      return unknown;
    }
  }
}

/** Reads every resource of a stack back, as a drift-aware change set is made. */
export async function readActualStack(check: Check): Promise<ActualStack> {
  const resources = new Map<string, ActualResource>();
  for (const record of check.stack.resources.values())
    resources.set(record.logicalId, await readResource(check, record));
  const statuses = [...resources.values()].map(({ status }) => status);
  const drifted = statuses.includes('MODIFIED') || statuses.includes('DELETED');
  return { status: drifted ? 'DRIFTED' : statuses.includes('UNKNOWN') ? 'UNKNOWN' : 'IN_SYNC', resources };
}

/** The records of a stack as they are, without what was deleted. */
export const liveRecords = (actual: ActualStack): Map<string, ResourceRecord> =>
  new Map([...actual.resources].flatMap(([logicalId, { live }]) => (live === undefined ? [] : [[logicalId, live]])));

/** The logical ids of what was deleted. */
export const deletedResources = (actual: ActualStack): Set<string> =>
  new Set([...actual.resources].flatMap(([logicalId, { live }]) => (live === undefined ? [logicalId] : [])));
