import type { ResourceProvider } from '../../types.ts';
import type { World } from '../world.ts';
import { ResourceFailure } from './failure.ts';
import { nestedStacks } from './nested-stack.ts';
import type { Run } from './run.ts';
import { STACK_TYPE } from './stack-type.ts';
import { waitConditions } from './wait-condition.ts';

export const isSupported = (world: World, type: string) =>
  type === STACK_TYPE || type === waitConditions.type || world.providers.has(type);

/** Who carries out operations on a resource type: its provider, or the engine for the types of CloudFormation's own. */
export function providerFor(run: Run, type: string): ResourceProvider {
  if (type === STACK_TYPE) return nestedStacks(run);
  if (type === waitConditions.type) return waitConditions;
  const provider = run.world.providers.get(type);
  if (provider === undefined) throw new ResourceFailure(`Resource type ${type} is not supported by this local AWS`);
  return provider;
}
