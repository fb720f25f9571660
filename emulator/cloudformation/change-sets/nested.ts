import { childName, nestedDeployment } from '../execution/nested-deployment.ts';
import { STACK_TYPE } from '../execution/stack-type.ts';
import type { Stack } from '../model.ts';
import { validationError } from '../protocol/errors.ts';
import { addStack, type RegionStore } from '../store.ts';
import type { World } from '../world.ts';
import { addChangeSet, type Comparison, compare, fillChangeSet, NO_CHANGES } from './create.ts';
import type { ChangeSet, ResourceChange } from './model.ts';
import type { ResourcePreview } from './preview.ts';

interface Parent {
  readonly world: World;
  readonly store: RegionStore;
  readonly stack: Stack;
  readonly changeSet: ChangeSet;
}

/** The nested stack of a resource; one that does not exist yet becomes a shell in REVIEW_IN_PROGRESS. */
function childOf({ world, store, stack }: Parent, resource: ResourcePreview): Stack {
  const existing = resource.before?.physicalId === undefined ? undefined : store.find(resource.before.physicalId);
  return (
    existing ??
    addStack(store, {
      name: childName(stack.name, resource.logicalId),
      account: stack.account,
      status: 'REVIEW_IN_PROGRESS',
      deployment: undefined,
      parent: stack,
      parentResource: resource.logicalId,
      now: world.clock.now(),
    })
  );
}

/** Makes the change set of one nested stack. Undefined when nothing in it changes. */
async function nestedChangeSet(parent: Parent, resource: ResourcePreview): Promise<ChangeSet | undefined> {
  const { world, store, stack, changeSet } = parent;
  const child = childOf(parent, resource);
  const context = { world, store, services: world.servicesFor(stack.account), parent: changeSet.deployment };
  const nested = addChangeSet(
    store,
    child,
    {
      name: childName(changeSet.name, resource.logicalId),
      type: child.deployment === undefined ? 'CREATE' : 'UPDATE',
      deployment: await nestedDeployment(context, resource.after.properties, child),
      includeNestedStacks: true,
      ...(changeSet.importExistingResources && { importExistingResources: true }),
      resourcesToImport: new Map(),
      validates: changeSet.validates,
      ...(changeSet.deploymentMode && { deploymentMode: changeSet.deploymentMode }),
      parent: changeSet,
    },
    world.clock.now(),
  );
  await fillChangeSet(world, store, child, nested);
  if (nested.status === 'CREATE_COMPLETE') return nested;
  if (nested.statusReason === NO_CHANGES) {
    child.changeSets.delete(nested.name);
    return undefined;
  }
  throw validationError(`Nested change set ${nested.id} was not successfully created: Currently in ${nested.status}.`);
}

/**
 * What a change set changes that includes nested stacks: each of them gets a change set of its own, and one in which
 * nothing changes is no change of its parent.
 */
export async function compareNested(
  world: World,
  store: RegionStore,
  stack: Stack,
  changeSet: ChangeSet,
  recreated: ReadonlySet<string>,
): Promise<Comparison> {
  const unchanged = new Set<string>();
  const ids = new Map<string, string>();
  const again = () => compare(world, store, stack, changeSet.deployment, unchanged, recreated);
  let comparison = await again();
  for (const logicalId of [...comparison.preview.resources.keys()]) {
    const resource = comparison.preview.resources.get(logicalId);
    if (resource === undefined || comparison.preview.evaluation.active.get(logicalId)?.type !== STACK_TYPE) continue;
    const nested = await nestedChangeSet({ world, store, stack, changeSet }, resource);
    if (nested !== undefined) {
      ids.set(logicalId, nested.id);
      continue;
    }
    unchanged.add(logicalId);
    comparison = await again();
  }
  const withIds = (changes: readonly ResourceChange[]) =>
    changes.map((change) => {
      const changeSetId = ids.get(change.logicalId);
      return changeSetId === undefined ? change : { ...change, changeSetId };
    });
  const { changes, valuedChanges } = comparison;
  return { ...comparison, changes: withIds(changes), valuedChanges: withIds(valuedChanges) };
}

/** Every change set of nested stacks below one, with its stack. */
export function nestedBelow(
  store: RegionStore,
  stack: Stack,
  changeSet: ChangeSet,
): { stack: Stack; changeSet: ChangeSet }[] {
  return store
    .childrenOf(stack)
    .flatMap((child) =>
      [...child.changeSets.values()]
        .filter(({ parentId }) => parentId === changeSet.id)
        .flatMap((nested) => [{ stack: child, changeSet: nested }, ...nestedBelow(store, child, nested)]),
    );
}
