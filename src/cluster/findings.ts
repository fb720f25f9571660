import { formatDuration } from '../time/duration.ts';
import type { Finding, SourceLocation } from '../types.ts';
import { type Facts, REGISTERED } from './judge.ts';
import type { RollCall, RolledInstance } from './model.ts';
import type { RollCallRequest } from './request.ts';

/** More names than this make no better message; the report's table has them all. */
const NAMED = 20;

interface Case {
  readonly rollCall: RollCall;
  readonly request: RollCallRequest;
  readonly facts: Facts;
  readonly region: string;
}

/** Why a roll call did not complete: one error, with the numbers and everybody's name. None for one that did. */
export function rollCallFindings(of: Case): Finding[] {
  const { rollCall, request } = of;
  if (rollCall.verdict === 'complete') return [];
  const location = locationOf(request);
  return [
    {
      level: 'error',
      title: titleOf(rollCall),
      message: [numbers(of), ...names(of), ...oddities(of)].join('\n'),
      remedy: remedies(of).join('\n'),
      ...(location && { location }),
    },
  ];
}

const locationOf = ({ groups }: RollCallRequest): SourceLocation | undefined =>
  groups.find(({ location }) => location !== undefined)?.location;

function titleOf({ verdict, answered, expected, registeredCount, clusterName, strangers }: RollCall): string {
  if (verdict === 'over') {
    return `${registeredCount} container instances are registered with cluster ${clusterName}, ${expected.count} expected`;
  }
  const beside = strangers.length > 0 ? `, beside ${strangers.length} of no group that feeds it` : '';
  return `${answered.length} of ${expected.count} container instances answered the roll call of cluster ${clusterName}${beside}`;
}

function numbers({ rollCall: { registeredCount, expected, startedAt, endedAt } }: Case): string {
  const waited = formatDuration(endedAt - startedAt);
  return `After ${waited}: registered ${registeredCount}, expected ${expected.count} (${expected.source}).`;
}

function names({ rollCall, facts }: Case): string[] {
  const { missing, disconnected, draining, strangers, unexpected = [] } = rollCall;
  const away = ({ containerInstanceArn = '' }: RolledInstance) =>
    formatDuration(facts.at - (facts.awaySince.get(containerInstanceArn) ?? facts.at));
  return [
    ...list('Expected, but absent', missing, absence),
    ...list('Registered, but the agent is disconnected', disconnected, (instance) => `for at least ${away(instance)}`),
    ...list('Still draining', draining, presence),
    ...list('Registered, but of no Auto Scaling group that feeds the cluster', strangers, presence),
    ...list('Registered, but not in service in its group, or registered twice', unexpected, presence),
  ];
}

function list(
  title: string,
  instances: readonly RolledInstance[],
  say: (instance: RolledInstance) => string,
): string[] {
  if (instances.length === 0) return [];
  const named = instances.slice(0, NAMED).map((instance) => `${instance.instanceId} (${say(instance)})`);
  const more = instances.length - named.length;
  return [`${title}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`];
}

function absence({ group, lifecycleState, status, statusReason }: RolledInstance): string {
  const state = status === undefined ? 'not registered' : `registered as ${status}`;
  return [`${lifecycleState} in ${group}`, state, statusReason].filter(Boolean).join(', ');
}

function presence({ group, lifecycleState, status, agentConnected }: RolledInstance): string {
  const where = group === undefined ? undefined : `${lifecycleState} in ${group}`;
  return [where, status, agentConnected === false ? 'agent disconnected' : undefined].filter(Boolean).join(', ');
}

/** Groups whose desired capacity is not the number that the template gives. */
function moved({ request, facts }: Case) {
  return request.groups.flatMap((group) => {
    const live = facts.groups.find(({ name }) => name === group.name);
    const differs = group.templateDesired !== undefined && live !== undefined && live.desired !== group.templateDesired;
    return differs ? [{ ...group, wanted: group.templateDesired, live: live.desired }] : [];
  });
}

function oddities(of: Case): string[] {
  const { rollCall, facts, request } = of;
  const said: string[] = [];
  if (rollCall.clusterStatus !== 'ACTIVE') said.push(`The cluster's status is ${rollCall.clusterStatus}, not ACTIVE.`);
  const listed = facts.hosts.filter(({ status }) => REGISTERED.has(status)).length;
  if (listed !== rollCall.registeredCount) {
    said.push(`ECS counts ${rollCall.registeredCount} registered container instances, but lists ${listed}.`);
  }
  if (typeof request.desired === 'number') return said;
  for (const { name, wanted, live } of moved(of)) {
    said.push(
      `The template asks for ${wanted} in ${name}, but its desired capacity in AWS is ${live}: it was changed there.`,
    );
  }
  const launched = facts.groups.flatMap(({ instances }) => instances).length;
  const unlaunched = rollCall.expected.count - launched;
  if (rollCall.verdict === 'short' && unlaunched > 0) {
    said.push(`${unlaunched} of them ${unlaunched === 1 ? 'has' : 'have'} not been launched.`);
  }
  return said;
}

function remedies(of: Case): string[] {
  const { rollCall, region, request } = of;
  const { missing, disconnected, draining, strangers, clusterName } = rollCall;
  const said: string[] = [];
  const absent = missing.find(({ status }) => status === undefined);
  if (absent !== undefined) {
    said.push(
      `See how it started: aws ec2 get-console-output --latest --output text --region ${region} --instance-id ${absent.instanceId}`,
    );
  }
  const [away] = disconnected;
  if (away !== undefined) {
    said.push(
      `Restart the agent: aws ssm start-session --region ${region} --target ${away.instanceId}, then sudo systemctl restart ecs`,
    );
  }
  if (draining.length > 0) {
    said.push("Let the tasks on it end, or raise 'drain-timeout'; a group's managed draining ends it by itself.");
  }
  const [stranger] = strangers;
  if (stranger?.containerInstanceArn !== undefined) {
    said.push(
      `Take it out: aws ecs deregister-container-instance --region ${region} --cluster ${clusterName} --container-instance ${stranger.containerInstanceArn} --force`,
      `Or, when it is meant to be there, set 'desired-count' to ${rollCall.registeredCount}.`,
    );
  }
  if (typeof request.desired === 'number') return said;
  for (const { name, wanted } of moved(of)) {
    said.push(
      `Set it back: aws autoscaling set-desired-capacity --region ${region} --auto-scaling-group-name ${name} --desired-capacity ${wanted}`,
      "Or let the live number count: 'desired-count: live'.",
    );
  }
  if (said.length === 0) said.push("Look at the group's activity history, then run the job again.");
  return said;
}
