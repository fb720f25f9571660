import type { Services } from '../../types.ts';
import { validationError } from '../protocol/errors.ts';
import { takenName } from './early-validation.ts';
import type { ChangeSet, ResourceChange } from './model.ts';
import type { Preview } from './preview.ts';

const KEPT: readonly string[] = ['Retain', 'RetainExceptOnCreate'];

/**
 * What a change set takes over that exists already, physical ids by logical id: what the request names, and with
 * ImportExistingResources whatever it would create under a name that is taken (API Reference, CreateChangeSet).
 *
 * Errors: ValidationError where what is found may not be taken over, in the words that aws/aws-cdk-cli reads.
 */
export async function importsOf(
  changeSet: ChangeSet,
  preview: Preview,
  services: Services,
): Promise<ReadonlyMap<string, string>> {
  if (!changeSet.importExistingResources) return changeSet.resourcesToImport;
  const imports = new Map(changeSet.resourcesToImport);
  const affected: string[] = [];
  for (const resource of preview.resources.values()) {
    const { logicalId } = resource;
    const type = preview.evaluation.active.get(logicalId)?.type ?? '';
    const taken = resource.fate === 'add' ? await takenName(resource, type, services) : undefined;
    if (taken === undefined) continue;
    imports.set(logicalId, taken.name);
    if (!KEPT.includes(resource.after.deletionPolicy))
      affected.push(`${logicalId} ({${taken.property}=${taken.name}})`);
  }
  if (affected.length === 0) return imports;
  throw validationError(
    `CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are ${affected.join(', ')}`,
  );
}

/** A resource that is taken over instead of being created. */
export function importedChange(change: ResourceChange, imports: ReadonlyMap<string, string>): ResourceChange {
  const physicalId = imports.get(change.logicalId);
  return physicalId === undefined || change.action !== 'Add' ? change : { ...change, action: 'Import', physicalId };
}
