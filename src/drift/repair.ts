import { type NestedContexts, plannedChanges } from '../plan/changes.ts';
import type { PlanContext } from '../plan/context.ts';
import { type Fleet, fleetOf } from '../plan/fleet.ts';
import { impactsOf } from '../plan/impact.ts';
import { type Impact, type PlannedChange, RISKS, type Risk } from '../plan/model.ts';
import { highest } from '../plan/risk.ts';
import type { Json, PlannedChangeSet, PlannedResource } from '../stack/planned-model.ts';
import { isRecord } from '../template/data.ts';
import type { Finding } from '../types.ts';
import type { EnvironmentDrift } from './model.ts';
import { repairFingerprint } from './repair-fingerprint.ts';
import { GROUP_TYPE, type HarmContext, harmsOf } from './repair-harm.ts';
import type { Harm, Repair } from './repair-model.ts';
import { hasDrifted } from './state.ts';

/** What was read for a repair. */
export interface RepairMaterial {
  readonly stackName: string;
  readonly region: string;
  readonly planned: PlannedChangeSet;
  /** The deployed template, as what is and as what will be. */
  readonly context: PlanContext;
  readonly nested: NestedContexts;
  readonly harm: HarmContext;
  readonly findings: readonly Finding[];
}

/** What CloudFormation would do to bring a stack back to what was deployed, fit to be shown. */
export function repairOf({ stackName, region, planned, context, nested, harm, findings }: RepairMaterial): Repair {
  const harms = harmsOf(planned, harm);
  const changes = withHarm(plannedChanges(planned, context, nested), harms);
  const fleet = actualFleet(planned.resources, context);
  const made = planned.resources.flatMap((resource) => madeAgain(resource));
  const meant = impactsOf({ isNew: false, empty: planned.empty, changes, sections: 0, fleet });
  const impacts = [...made, ...meant].toSorted((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk));
  return {
    kind: 'planned',
    fingerprint: repairFingerprint({ stackName, region, changes }),
    empty: planned.empty,
    impacts,
    risk: highest([...impacts, ...changes].map(({ risk }) => risk)),
    changes,
    harms,
    left: [],
    alsoIgnored: [],
    findings,
  };
}

/** How risky it is, where the change by itself does not tell. */
const HARM_RISKS: Readonly<Record<Harm['kind'], Risk>> = {
  replaced: 'replaced',
  'maybe-replaced': 'maybe-replaced',
  removed: 'removed',
  'loses-item': 'removed',
  smaller: 'rolled',
  'not-deployed': 'safe',
};

function withHarm(changes: readonly PlannedChange[], harms: readonly Harm[], within = ''): PlannedChange[] {
  return changes.map((change) => {
    const name = `${within}${change.logicalId}`;
    const own = harms.filter(({ path }) => path.join('/') === name).map(({ kind }) => HARM_RISKS[kind]);
    const nested = change.nested && { ...change.nested, changes: withHarm(change.nested.changes, harms, `${name}/`) };
    const inside = nested?.changes.map(({ risk }) => risk) ?? [];
    return { ...change, risk: highest([change.risk, ...own, ...inside]), ...(nested && { nested }) };
  });
}

function madeAgain(resource: PlannedResource, within = ''): Impact[] {
  const { logicalId, resourceType, action, driftStatus, nested } = resource;
  const name = `${within}${logicalId}`;
  const inside = nested?.resources.flatMap((inner) => madeAgain(inner, `${name}/`)) ?? [];
  if (action !== 'Add' || driftStatus !== 'DELETED') return inside;
  return [{ risk: 'safe', text: `makes ${name} (${resourceType}) again, which was deleted`, logicalId }, ...inside];
}

/** The groups with the sizes that they have, where the change set tells them, and those that they would have. */
function actualFleet(resources: readonly PlannedResource[], { after: template, values }: PlanContext): Fleet {
  const { groups } = fleetOf(undefined, { template, values });
  return {
    groups: groups.map((group) => {
      const live = resources.find(
        ({ logicalId, resourceType }) => logicalId === group.logicalId && resourceType === GROUP_TYPE,
      );
      const properties = isRecord(live?.before) ? live.before.Properties : undefined;
      if (!isRecord(properties)) return { ...group, before: group.after };
      return {
        ...group,
        before: {
          ...size('desired', properties.DesiredCapacity),
          ...size('min', properties.MinSize),
          ...size('max', properties.MaxSize),
        },
      };
    }),
  };
}

function size<Key extends string>(key: Key, value: Json | undefined): { [K in Key]?: number } {
  const result: { [K in Key]?: number } = {};
  const number = value === undefined || value === null || value === '' ? Number.NaN : Number(value);
  if (Number.isFinite(number)) result[key] = number;
  return result;
}

/** The same repair, with what of the drift it leaves as it is and what it changes back though a rule passes over it. */
export function heldAgainst(
  repair: Repair,
  { resources, ignored }: Pick<EnvironmentDrift, 'resources' | 'ignored'>,
): Repair {
  const done = changedPlaces(repair.changes);
  const isDone = (path: readonly string[], property: readonly string[]) => {
    const names = done.get(path.join('/'));
    return names !== undefined && (names === 'all' || property.length === 0 || names.has(property[0] ?? ''));
  };
  const placeOf = (path: readonly string[], property: readonly string[]) => [path.join('/'), ...property].join('.');
  return {
    ...repair,
    left: resources
      .filter(hasDrifted)
      .flatMap(({ path, properties }) =>
        (properties.length === 0 ? [[]] : properties.map((property) => property.path))
          .filter((property) => !isDone(path, property))
          .map((property) => placeOf(path, property)),
      ),
    alsoIgnored: ignored
      .filter(({ path, property }) => isDone(path, property))
      .map(({ path, property }) => placeOf(path, property)),
  };
}

/** The properties that change of each resource, by its path; all of one that is made. */
export function changedPlaces(
  changes: readonly PlannedChange[],
  within = '',
): ReadonlyMap<string, ReadonlySet<string> | 'all'> {
  return new Map(
    changes.flatMap(({ logicalId, action, properties, nested }) => {
      const path = `${within}${logicalId}`;
      const names = new Set(properties.map(({ path: [attribute = '', name] }) => name ?? attribute));
      const inside = nested === undefined ? [] : changedPlaces(nested.changes, `${path}/`);
      return [[path, action === 'Add' ? ('all' as const) : names] as const, ...inside];
    }),
  );
}
