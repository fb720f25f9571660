import type { Account, ResourceRequest } from '../../types.ts';
import { STACK_TYPE } from '../execution/stack-type.ts';
import type { ResourceRecord, Stack } from '../model.ts';
import type { RegionStore } from '../store.ts';
import type { JsonObject } from '../template/model.ts';
import type { World } from '../world.ts';
import { withoutAttachments } from './attachments.ts';
import { asExpected, asJson, comparable } from './comparable.ts';
import { propertyDifferences } from './differences.ts';
import { readNestedStack } from './nested-stack.ts';
import type { ResourceDrift } from './records.ts';
import { driftSchema } from './schema.ts';
import { transformed } from './transforms.ts';

/** Who looks at which stack. */
export interface Check {
  readonly world: World;
  readonly store: RegionStore;
  readonly stack: Stack;
  readonly account: Account;
}

/** The actual state of one resource. */
export type ActualState =
  | { readonly kind: 'present'; readonly properties: JsonObject }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'unsupported' };

/** "AWS::CloudFormation::Stack" supports drift detection, of its own properties; see the list in the User Guide. */
export const supportsDrift = (world: World, type: string): boolean =>
  type === STACK_TYPE || world.providers.get(type)?.read !== undefined;

function readRequest({ world, stack, account }: Check, record: ResourceRecord): ResourceRequest {
  return {
    account,
    services: world.servicesFor(account),
    clock: world.clock,
    signal: world.stopped,
    stackId: stack.id,
    stackName: stack.name,
    logicalId: record.logicalId,
    properties: record.properties,
    tags: stack.deployment?.tags ?? {},
    signals: { next: async () => undefined },
    progress: () => undefined,
  };
}

/**
 * Tags of the stack are on the resource without being in its properties. They count only where the template has the
 * key too.
 */
function withoutStackTags(actual: JsonObject, record: ResourceRecord, stack: Stack): JsonObject {
  const own = JSON.stringify(record.properties.Tags ?? []);
  const isStackTag = (key: string) =>
    Object.hasOwn(stack.deployment?.tags ?? {}, key) && !own.includes(JSON.stringify(key));
  const { Tags } = actual;
  if (!Array.isArray(Tags)) return actual;
  return {
    ...actual,
    Tags: Tags.filter((tag) => !(typeof tag === 'object' && tag !== null && isStackTag(String(Object(tag).Key)))),
  };
}

/** Reads a resource back from its service. Throws what the service refuses. */
export async function actualState(check: Check, record: ResourceRecord): Promise<ActualState> {
  const { world, store, stack } = check;
  if (!supportsDrift(world, record.type)) return { kind: 'unsupported' };
  const state = { physicalId: record.physicalId ?? '', attributes: record.attributes };
  const found =
    record.type === STACK_TYPE
      ? readNestedStack(store, record)
      : await world.providers.get(record.type)?.read?.(readRequest(check, record), state);
  if (found === undefined) return { kind: 'deleted' };
  const read = withoutStackTags(asJson(record.type, found), record, stack);
  return { kind: 'present', properties: withoutAttachments(record, read, [...stack.resources.values()]) };
}

/** What the scenario lets befall the look at a resource; undefined: nothing. */
async function befall({ world, stack }: Check, logicalId: string) {
  const fate = world.scenarios.resource({ stackName: stack.name, logicalId, operation: 'detect-drift' });
  if (fate?.delayMs !== undefined) await world.clock.sleep(fate.delayMs, world.stopped);
  if (fate?.hangs) await forever(world.stopped);
  return fate;
}

const forever = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

export interface Checked {
  /** Undefined: the type does not support drift detection. */
  readonly drift: ResourceDrift | undefined;
  /** Why the check itself failed. */
  readonly failure?: string;
}

/** Compares a resource with its template. What is wrong with reading it is told, not thrown. */
export async function checkResource(check: Check, record: ResourceRecord): Promise<Checked> {
  const { world, stack } = check;
  if (!supportsDrift(world, record.type) || record.physicalId === undefined) return { drift: undefined };
  const about = { logicalId: record.logicalId, physicalId: record.physicalId, type: record.type, differences: [] };
  const unknown = (reason: string): ResourceDrift => ({
    ...about,
    status: 'UNKNOWN',
    reason,
    timestamp: world.clock.now(),
  });
  const fate = await befall(check, record.logicalId);
  if (fate?.unknown !== undefined) return { drift: unknown(fate.unknown) };
  if (fate?.fail !== undefined) return { drift: unknown(fate.fail), failure: fate.fail };
  let state: ActualState;
  try {
    state = await actualState(check, record);
  } catch (error) {
    if (world.stopped.aborted) throw error;
    const failure = error instanceof Error ? error.message : String(error);
    return { drift: unknown(failure), failure };
  }
  const timestamp = world.clock.now();
  if (state.kind !== 'present') return { drift: { ...about, status: 'DELETED', timestamp } };
  const { expected } = comparable(record, stack.deployment);
  const differences = propertyDifferences(
    driftSchema(record.type),
    transformed(record.type, expected),
    transformed(record.type, state.properties),
  );
  return {
    drift: {
      ...about,
      status: differences.length === 0 ? 'IN_SYNC' : 'MODIFIED',
      expected: JSON.stringify(expected),
      actual: JSON.stringify(asExpected(expected, state.properties)),
      differences,
      timestamp,
    },
  };
}
