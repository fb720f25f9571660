import type { Account, ResourceRequest } from '../../types.ts';
import { memberOf } from '../change-sets/differences.ts';
import { STACK_TYPE } from '../execution/stack-type.ts';
import type { ResourceRecord, Stack } from '../model.ts';
import type { RegionStore } from '../store.ts';
import { type Json, type JsonObject, scalarText } from '../template/model.ts';
import type { World } from '../world.ts';
import { withoutAttachments } from './attachments.ts';
import { asExpected, asJson, comparable } from './comparable.ts';
import { type PropertyDifference, propertyDifferences } from './differences.ts';
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
  const { Tags } = actual;
  if (!Array.isArray(Tags)) return actual;
  const keyOf = (tag: Json) => scalarText(memberOf(tag, 'Key')) ?? '';
  const own = Array.isArray(record.properties.Tags) ? record.properties.Tags.map(keyOf) : [];
  const ofStack = Object.keys(stack.deployment?.tags ?? {}).filter((key) => !own.includes(key));
  return { ...actual, Tags: Tags.filter((tag) => !ofStack.includes(keyOf(tag))) };
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

/** What a look at a resource finds: its state, or why that cannot be told. */
export type Look = ActualState | { readonly kind: 'unknown'; readonly reason: string; readonly failed: boolean };

/** Reads a resource as the scenario lets it. What is wrong with that is told, not thrown. */
export async function look(check: Check, record: ResourceRecord): Promise<Look> {
  const { world } = check;
  if (!supportsDrift(world, record.type) || record.physicalId === undefined) return { kind: 'unsupported' };
  const fate = await befall(check, record.logicalId);
  if (fate?.unknown !== undefined) return { kind: 'unknown', reason: fate.unknown, failed: false };
  if (fate?.fail !== undefined) return { kind: 'unknown', reason: fate.fail, failed: true };
  try {
    return await actualState(check, record);
  } catch (error) {
    if (world.stopped.aborted) throw error;
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error), failed: true };
  }
}

/** The properties in which a resource is not what its template says. */
export function driftOf(
  record: ResourceRecord,
  expected: JsonObject,
  actual: JsonObject,
): readonly PropertyDifference[] {
  const { type } = record;
  return propertyDifferences(driftSchema(type), transformed(type, expected), transformed(type, actual));
}

export interface Checked {
  /** Undefined: the type does not support drift detection. */
  readonly drift: ResourceDrift | undefined;
  /** Why the check itself failed. */
  readonly failure?: string;
}

/** Compares a resource with its template. */
export async function checkResource(check: Check, record: ResourceRecord): Promise<Checked> {
  const { world, stack } = check;
  const { logicalId, physicalId, type } = record;
  const found = await look(check, record);
  const about = { logicalId, physicalId, type, differences: [], timestamp: world.clock.now() };
  switch (found.kind) {
    case 'unsupported':
      return { drift: undefined };
    case 'unknown': {
      const { reason } = found;
      return { drift: { ...about, status: 'UNKNOWN', reason }, ...(found.failed && { failure: reason }) };
    }
    case 'deleted':
      return { drift: { ...about, status: 'DELETED' } };
    case 'present': {
      const { expected } = comparable(record, stack.deployment);
      const differences = driftOf(record, expected, found.properties);
      const actual = asExpected(expected, found.properties);
      return {
        drift: {
          ...about,
          status: differences.length === 0 ? 'IN_SYNC' : 'MODIFIED',
          expected: JSON.stringify(expected),
          actual: JSON.stringify(actual),
          differences,
        },
      };
    }
    default: {
      const unknown: never = found;
      return unknown;
    }
  }
}
