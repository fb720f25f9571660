import { count } from '../text.ts';
import { exposures } from './exposure.ts';
import type { Fleet } from './fleet.ts';
import { groupImpacts } from './group-impact.ts';
import { type Impact, type PlannedChange, RISKS } from './model.ts';
import { isStateful } from './stateful.ts';

/** What a plan means for a cluster. */
export interface Meant {
  readonly isNew: boolean;
  readonly empty: boolean;
  readonly changes: readonly PlannedChange[];
  /** How many parts of the template other than resources change. */
  readonly sections: number;
  readonly fleet: Fleet;
}

/**
 * What the changes mean, in words, the greatest risk first. There is always something to say, unless nothing changes:
 * that all is done in place is worth knowing as well.
 */
export function impactsOf({ isNew, empty, changes, sections, fleet }: Meant): Impact[] {
  if (empty) return [];
  if (isNew) return [creation(changes, fleet), ...exposures(changes)];
  const told = [
    ...changes.flatMap((change) => resourceImpact(change, fleet)),
    ...groupImpacts(changes, fleet),
    ...exposures(changes),
  ];
  const sorted = told.toSorted((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk));
  return sorted.length > 0 ? sorted : [quiet(changes, sections)];
}

function creation(changes: readonly PlannedChange[], { groups }: Fleet): Impact {
  const instances = groups.map(({ after }) => after.desired);
  const total = instances.reduce(
    (sum: number | undefined, n) => (sum === undefined || n === undefined ? undefined : sum + n),
    0,
  );
  const hosts = groups.length === 0 || total === undefined ? '' : `, with ${count(total, 'container instance')}`;
  return { risk: 'safe', text: `creates the stack: ${count(changes.length, 'resource')}${hosts}` };
}

function quiet(changes: readonly PlannedChange[], sections: number): Impact {
  if (changes.length > 0)
    return {
      risk: 'safe',
      text: `${count(changes.length, 'resource')} ${changes.length === 1 ? 'is' : 'are'} added or changed in place; no container instance is replaced`,
    };
  const what = sections > 0 ? 'no resource changes, only other parts of the template do' : 'no resource changes';
  return { risk: 'safe', text: what };
}

const CLUSTER = 'AWS::ECS::Cluster';
const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
/** Made anew for every change, which is what they are for; what it means is told of the groups that use them. */
const DISPOSABLE = new Set(['AWS::AutoScaling::LaunchConfiguration', 'AWS::EC2::LaunchTemplate']);

/** The fleet of a nested stack: what its groups hold is not worked out. */
const UNKNOWN: Fleet = { groups: [] };

/** What becomes of one resource that goes or is replaced, and of those in a nested stack. */
function resourceImpact(change: PlannedChange, fleet: Fleet, within = ''): Impact[] {
  const id = `${within}${change.logicalId}`;
  const inside = change.nested?.changes.flatMap((inner) => resourceImpact(inner, UNKNOWN, `${id}/`)) ?? [];
  const text = sentence(change, fleet, id);
  return text === undefined ? inside : [{ risk: ownRisk(change), text, logicalId: id }, ...inside];
}

/** The risk of the resource itself; that of a nested stack is told of what is in it. */
function ownRisk(change: PlannedChange): Impact['risk'] {
  if (change.nested === undefined) return change.risk;
  return change.action === 'Remove' ? 'removed' : change.replacement === 'True' ? 'replaced' : 'maybe-replaced';
}

function sentence(change: PlannedChange, fleet: Fleet, id: string): string | undefined {
  const { action, resourceType, replacement, policyAction = '' } = change;
  const named = `${id} (${resourceType})`;
  if (action === 'Remove') return removal(change, fleet, id, named);
  if (action === 'Import') return `takes ${named} over into the stack`;
  if (replacement === 'True') {
    if (DISPOSABLE.has(resourceType)) return undefined;
    if (resourceType === CLUSTER) return `replaces the cluster ${id}: a new, empty one takes its place`;
    if (resourceType === GROUP)
      return `replaces the Auto Scaling group ${id}: all of its ${instancesOf(fleet, change.logicalId)} go with the old one`;
    const kept = /Retain/.test(policyAction)
      ? '; the old one is kept'
      : /Snapshot/.test(policyAction)
        ? '; a snapshot is kept'
        : '';
    return `replaces ${named}${isStateful(resourceType) && kept === '' ? ', and what it holds is deleted' : kept}`;
  }
  if (replacement === 'Conditional' || action === 'Dynamic')
    return DISPOSABLE.has(resourceType) ? undefined : `may replace ${named}: only the deployment decides`;
  return undefined;
}

function removal(change: PlannedChange, fleet: Fleet, id: string, named: string): string {
  const { resourceType, policyAction = '' } = change;
  if (/Retain/.test(policyAction)) return `lets go of ${named}: it is no part of the stack any more, and is kept`;
  if (/Snapshot/.test(policyAction)) return `removes ${named}; a snapshot is kept`;
  if (resourceType === CLUSTER) return `removes the cluster ${id}`;
  if (resourceType === GROUP)
    return `removes the Auto Scaling group ${id} and its ${instancesOf(fleet, change.logicalId)}`;
  return isStateful(resourceType) ? `deletes ${named} and what it holds` : `removes ${named}`;
}

function instancesOf({ groups }: Fleet, logicalId: string): string {
  const group = groups.find((candidate) => candidate.logicalId === logicalId);
  const desired = group?.before.desired ?? group?.after.desired;
  return desired === undefined ? 'container instances' : count(desired, 'container instance');
}
