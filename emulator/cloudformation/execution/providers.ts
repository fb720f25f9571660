import type { ResourceProvider, ResourceState } from '../../types.ts';
import type { World } from '../world.ts';
import { ResourceFailure } from './failure.ts';
import type { Run } from './run.ts';

export const isSupported = (world: World, type: string) => world.providers.has(type);

/**
 * Who carries out operations on a resource type. `initiated` may be called with a state before a creation ends, by the
 * types of CloudFormation's own.
 */
export function providerFor(run: Run, type: string, _initiated?: (state: ResourceState) => void): ResourceProvider {
  const provider = run.world.providers.get(type);
  if (provider === undefined) throw new ResourceFailure(`Resource type ${type} is not supported by this local AWS`);
  return provider;
}
