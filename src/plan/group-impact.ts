import { count } from '../text.ts';
import type { Fleet, FleetGroup, Sizes } from './fleet.ts';
import type { Impact, PlannedChange } from './model.ts';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const LAUNCH_TEMPLATE = 'AWS::EC2::LaunchTemplate';
const LAUNCH_CONFIGURATION = 'AWS::AutoScaling::LaunchConfiguration';

/** Properties whose change makes CloudFormation apply a group's update policy ("UpdatePolicy attribute", User Guide). */
const ROLLING: Readonly<Record<string, string>> = {
  LaunchTemplate: 'launch template',
  LaunchConfigurationName: 'launch configuration',
  MixedInstancesPolicy: 'mixed instances policy',
  VPCZoneIdentifier: 'subnets',
  PlacementGroup: 'placement group',
};

/** What the changes mean for the container instances of each group. */
export function groupImpacts(changes: readonly PlannedChange[], { groups }: Fleet): Impact[] {
  return groups.flatMap((group) => {
    const change = changes.find(
      ({ logicalId, resourceType }) => logicalId === group.logicalId && resourceType === GROUP,
    );
    if (change?.action !== 'Modify') return [];
    const names = new Set(change.properties.map(({ path }) => path[1] ?? ''));
    return [...sizeImpacts(group, names), ...(change.replacement === 'True' ? [] : rollImpact(group, change, changes))];
  });
}

const SIZES: readonly (readonly [property: string, key: keyof Sizes, words: string])[] = [
  ['DesiredCapacity', 'desired', 'desired count'],
  ['MinSize', 'min', 'least size'],
  ['MaxSize', 'max', 'greatest size'],
];

function sizeImpacts({ logicalId, before, after }: FleetGroup, changed: ReadonlySet<string>): Impact[] {
  return SIZES.flatMap(([property, key, words]): Impact[] => {
    const [was, is] = [before[key], after[key]];
    if (!changed.has(property) || was === is) return [];
    const text = `${words} of ${logicalId} ${was ?? 'unknown'} → ${is ?? 'unknown'}`;
    const fewer = key === 'desired' && was !== undefined && is !== undefined && is < was;
    return [
      {
        risk: fewer ? 'rolled' : 'safe',
        text: fewer ? `${text}: ${count(was - is, 'container instance')} ${was - is === 1 ? 'leaves' : 'leave'}` : text,
        logicalId,
      },
    ];
  });
}

function rollImpact(group: FleetGroup, change: PlannedChange, changes: readonly PlannedChange[]): Impact[] {
  const causes = change.properties.filter(
    ({ path }) => path[0] === 'Properties' && Object.hasOwn(ROLLING, path[1] ?? ''),
  );
  if (causes.length === 0) return [];
  const { logicalId } = group;
  const certain = causes.some((cause) => cause.certain) || launchesOf(changes).some(isCertain);
  const what = leadingWords(
    causes.map(({ path }) => path[1] ?? ''),
    logicalId,
    changes,
  );
  const running = obsolete(group);
  if (running === 0 && group.policy.kind !== 'none') return [];
  const all = running === undefined ? 'all container instances' : allOf(running);
  switch (group.policy.kind) {
    case 'rolling':
      return [
        {
          risk: 'rolled',
          text: `${what}: ${all} of ${logicalId} ${rolled(running, certain)}, ${inService(group)}`,
          logicalId,
        },
      ];
    case 'replacing':
      return [
        {
          risk: 'rolled',
          text: `${what}: a new group ${certain ? 'takes' : 'may take'} the place of ${logicalId}, then ${all} of the old one go`,
          logicalId,
        },
      ];
    case 'refresh':
      return [
        {
          risk: 'rolled',
          text: `${what}: an instance refresh ${certain ? 'replaces' : 'may replace'} ${all} of ${logicalId}`,
          logicalId,
        },
      ];
    case 'none':
      return [
        {
          risk: 'safe',
          text: `${what}: only instances that ${logicalId} starts from now on get it, since it has no UpdatePolicy`,
          logicalId,
        },
      ];
    default:
      return group.policy satisfies never;
  }
}

function allOf(desired: number): string {
  return desired === 1 ? 'the only container instance' : `all ${count(desired, 'container instance')}`;
}

/** How many instances are there that have to go: not those that only a larger size brings, nor those that leave anyway. */
function obsolete({ before, after }: FleetGroup): number | undefined {
  if (before.desired === undefined || after.desired === undefined) return after.desired ?? before.desired;
  return Math.min(before.desired, after.desired);
}

function rolled(running: number | undefined, certain: boolean): string {
  if (!certain) return 'may be rolled';
  return running === 1 ? 'is rolled' : 'are rolled';
}

/** Of those that are there: a larger size would bring more than can stay. */
function inService({ policy, before, after }: FleetGroup): string {
  const least = policy.kind === 'rolling' ? policy.inService : undefined;
  if (least === undefined) return 'and how many stay in service only AWS can tell';
  const stay = Math.min(least, before.desired ?? least, after.desired ?? least);
  if (stay === 0) return 'none stays in service meanwhile';
  return `${stay} ${stay === 1 ? 'stays' : 'stay'} in service`;
}

function launchesOf(changes: readonly PlannedChange[]): PlannedChange[] {
  return changes.filter(
    ({ resourceType, action }) =>
      (resourceType === LAUNCH_TEMPLATE || resourceType === LAUNCH_CONFIGURATION) && action === 'Modify',
  );
}

/** Whether it changes at all is not left to the execution. */
function isCertain({ replacement, properties }: PlannedChange): boolean {
  return replacement === 'True' || properties.length === 0 || properties.some(({ certain }) => certain);
}

/** `replaces the launch template`, where the group feels what happens to that; else what of the group itself changes. */
function leadingWords(properties: readonly string[], logicalId: string, changes: readonly PlannedChange[]): string {
  const launch = launchesOf(changes).find(({ resourceType }) =>
    resourceType === LAUNCH_TEMPLATE
      ? properties.includes('LaunchTemplate') || properties.includes('MixedInstancesPolicy')
      : properties.includes('LaunchConfigurationName'),
  );
  if (launch !== undefined) {
    const kind = launch.resourceType === LAUNCH_TEMPLATE ? 'launch template' : 'launch configuration';
    const verb = launch.replacement === 'True' ? 'replaces' : isCertain(launch) ? 'changes' : 'may change';
    return `${verb} the ${kind} ${launch.logicalId}`;
  }
  const names = [...new Set(properties.map((property) => ROLLING[property] ?? property))];
  return `changes the ${names.join(' and the ')} of ${logicalId}`;
}
