import type { HostRule } from '../types.ts';
import { type Agent, clusterOf } from './agent.ts';
import type { StackCalls } from './cloudformation.ts';
import type { Instance } from './instance.ts';

export type ScriptedBehaviour = Extract<
  HostRule['behaviour'],
  { kind: 'scripted' | 'signals-only' | 'registers-only' | 'other-cluster' }
>;

export interface ScriptedParts {
  readonly instance: Instance;
  readonly agent: Agent;
  readonly calls: StackCalls;
  print(text: string): void;
}

/**
 * What a host's boot comes to without running its user data: it registers with the cluster that the user data or the
 * stack names, then signals its group, each unless the behaviour says otherwise.
 */
export async function scriptedBoot(parts: ScriptedParts, behaviour: ScriptedBehaviour): Promise<void> {
  const { agent, print } = parts;
  print('This host boots from scripted steps; its user data is not run.\n');
  if (behaviour.kind !== 'signals-only') {
    const cluster = behaviour.kind === 'other-cluster' ? behaviour.cluster : await clusterFor(parts);
    try {
      await agent.register(cluster);
      print(`Registered with ${cluster}.\n`);
    } catch (error) {
      print(`Could not register with ${cluster}: ${error instanceof Error ? error.message : error}\n`);
      await signal(parts, 'FAILURE');
      return;
    }
  }
  if (behaviour.kind !== 'registers-only') await signal(parts, 'SUCCESS');
}

async function clusterFor({ instance, calls }: ScriptedParts): Promise<string> {
  const assignments = instance.userData.split('\n').map((line) => /ECS_CLUSTER=\S+/.exec(line)?.[0] ?? '');
  const named = clusterOf(assignments.join('\n'));
  if (named !== undefined) return named;
  if (instance.stackId === undefined) return 'default';
  const clusters = await calls.clusters({ region: instance.account.region, stackName: instance.stackId });
  return clusters[0] ?? 'default';
}

async function signal({ instance, calls, print }: ScriptedParts, status: 'SUCCESS' | 'FAILURE'): Promise<void> {
  const { stackId, groupLogicalId } = instance;
  if (stackId === undefined || groupLogicalId === undefined) return;
  try {
    const { region } = instance.account;
    await calls.signal({
      region,
      stackName: stackId,
      logicalId: groupLogicalId,
      uniqueId: instance.instanceId,
      status,
    });
    print(`Signalled ${status} to ${groupLogicalId}.\n`);
  } catch (error) {
    print(`The signal was refused: ${error instanceof Error ? error.message : error}\n`);
  }
}
