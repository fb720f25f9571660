import { notThere } from '../execution/importable.ts';
import type { Stack } from '../model.ts';
import { validationError } from '../protocol/errors.ts';
import type { RegionStore } from '../store.ts';
import type { World } from '../world.ts';
import { takenName } from './early-validation.ts';
import type { ChangeSet, ResourceChange } from './model.ts';
import type { Preview } from './preview.ts';

const KEPT: readonly string[] = ['Retain', 'RetainExceptOnCreate'];

/** User Guide, "Import resources automatically": "Primary IDs with read only properties aren't supported". */
const NAME_IDENTIFIES_NOT = new Set(['AWS::EC2::LaunchTemplate']);

/** The stack of which a resource is part already. */
function holderOf(store: RegionStore, type: string, physicalId: string): Stack | undefined {
  const holds = ({ resources }: Stack) =>
    [...resources.values()].some(
      (record) =>
        record.type === type &&
        record.physicalId === physicalId &&
        record.status !== 'DELETE_COMPLETE' &&
        record.status !== 'DELETE_SKIPPED',
    );
  return store.stacks().find((stack) => stack.status !== 'DELETE_COMPLETE' && holds(stack));
}

export interface ImportSearch {
  readonly world: World;
  readonly store: RegionStore;
  readonly stack: Stack;
}

/**
 * What a change set takes over that exists already, physical ids by logical id: what the request names, and with
 * ImportExistingResources whatever it would create under a name that is taken (API Reference, CreateChangeSet).
 *
 * Errors: ValidationError where it does not exist or belongs to a stack (AWS's answers recorded in ministackorg/ministack,
 * tests/test_cfn_import_change_set.py), or may not be taken over, in the words that aws/aws-cdk-cli reads.
 */
export async function importsOf(
  search: ImportSearch,
  changeSet: ChangeSet,
  preview: Preview,
): Promise<ReadonlyMap<string, string>> {
  const { world, store, stack } = search;
  const { account } = stack;
  const services = world.servicesFor(account);
  const typeOf = (logicalId: string) => preview.evaluation.active.get(logicalId)?.type ?? '';
  const imports = new Map<string, string>();
  for (const [logicalId, identifier] of changeSet.resourcesToImport) {
    const type = typeOf(logicalId);
    const found = await world.providers.get(type)?.find?.({ account, services }, identifier);
    if (found === undefined) throw validationError(notThere(type, identifier));
    imports.set(logicalId, found.physicalId);
  }
  const affected: string[] = [];
  for (const resource of changeSet.importExistingResources ? preview.resources.values() : []) {
    const { logicalId } = resource;
    const type = typeOf(logicalId);
    if (resource.fate !== 'add' || NAME_IDENTIFIES_NOT.has(type)) continue;
    const taken = await takenName(resource, type, services);
    if (taken === undefined) continue;
    imports.set(logicalId, taken.name);
    if (!KEPT.includes(resource.after.deletionPolicy))
      affected.push(`${logicalId} ({${taken.property}=${taken.name}})`);
  }
  if (affected.length > 0)
    throw validationError(
      `CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are ${affected.join(', ')}`,
    );
  for (const [logicalId, physicalId] of imports) {
    const holder = holderOf(store, typeOf(logicalId), physicalId);
    if (holder !== undefined) throw validationError(`${physicalId} already exists in stack ${holder.id}`);
  }
  return imports;
}

/** A resource that is taken over instead of being created. */
export function importedChange(change: ResourceChange, imports: ReadonlyMap<string, string>): ResourceChange {
  const physicalId = imports.get(change.logicalId);
  return physicalId === undefined || change.action !== 'Add' ? change : { ...change, action: 'Import', physicalId };
}
