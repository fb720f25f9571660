import { compare } from '../change-sets/create.ts';
import type { ChangeSetType } from '../change-sets/model.ts';
import { identifierOf } from '../execution/importable.ts';
import type { Deployment, Stack } from '../model.ts';
import { validationError } from '../protocol/errors.ts';
import type { Query } from '../protocol/query.ts';
import type { Template } from '../template/model.ts';
import type { ApiRequest } from './request.ts';

interface RequestedImport {
  readonly logicalId: string;
  readonly type: string;
  readonly identifier: readonly (readonly [property: string, value: string])[];
}

const readImport = (resource: Query): RequestedImport => ({
  logicalId: resource.text('LogicalResourceId') ?? '',
  type: resource.text('ResourceType') ?? '',
  identifier: resource.structure('ResourceIdentifier')?.entries() ?? [],
});

/** Names that are not what they have to be, as CloudFormation lists them. */
const listed = (ids: readonly string[]) => `[${ids.join(', ')}]`;

function checkIdentifier({ type, identifier }: RequestedImport): void {
  const wanted = identifierOf(type);
  const given = identifier.map(([property]) => property);
  const fits = given.length === wanted.length && given.every((property) => wanted.includes(property));
  if (wanted.length > 0 && !fits)
    throw validationError(`Invalid resource identifier for resource type ${type}. Expected ${listed(wanted)}`);
}

function checkType({ logicalId, type }: RequestedImport, template: Template): void {
  const declared = template.resources.get(logicalId)?.type;
  if (declared === type) return;
  throw validationError(
    `Resource type of [${logicalId}] passed in ResourceToImport does not match with resource type defined in the template. Resource type in ResourceToImport: ${type}; Resource type in Template: ${declared}.`,
  );
}

/**
 * The resources that a request names to be imported, physical ids by logical id: identifiers of several values are joined
 * as physical ids of such types are. User Guide, "Import existing resources": each is in the template with a
 * DeletionPolicy, and an import adds nothing else. What is refused, and how, are AWS's answers as recorded in
 * ministackorg/ministack, tests/test_cfn_import_change_set.py.
 */
export function requestedImports(
  { query, world }: ApiRequest,
  type: ChangeSetType,
  template: Template,
  existing: Stack | undefined,
): ReadonlyMap<string, string> {
  const requested = query.structures('ResourcesToImport').map(readImport);
  const imports = new Map(
    requested.map(({ logicalId, identifier }): [string, string] => [
      logicalId,
      identifier.map(([, value]) => value).join('|'),
    ]),
  );
  if (imports.size > 0 && type !== 'IMPORT')
    throw validationError(`ResourcesToImport cannot be specified for a change set of type ${type}`);
  if (type !== 'IMPORT') return imports;
  if (imports.size === 0) throw validationError('Must Provide at least one resource to import');
  if (imports.size < requested.length)
    throw validationError('Every resource to import must have unique LogicalResourceId');
  const ids = [...imports.keys()];
  const absent = ids.filter((id) => !template.resources.has(id));
  if (absent.length > 0)
    throw validationError(
      `The logical resource ids ${listed(absent)} provided in ResourceToImport do not exist in the template.`,
    );
  for (const one of requested) checkIdentifier(one);
  for (const one of requested) checkType(one, template);
  const unsupported = requested.filter((one) => world.providers.get(one.type)?.find === undefined);
  if (unsupported.length > 0)
    throw validationError(`This local AWS does not import ${listed(unsupported.map((one) => one.type))}.`);
  const unkept = ids.filter((id) => template.resources.get(id)?.deletionPolicy === undefined);
  if (unkept.length > 0)
    throw validationError(
      `The following resources to import ${listed(unkept)} must have DeletionPolicy attribute specified in the template.`,
    );
  const added = [...template.resources.keys()].filter((id) => !existing?.resources.has(id) && !imports.has(id));
  if (added.length > 0) throw validationError(`Resources ${listed(added)} is missing from ResourceToImport list`);
  const held = ids.filter((id) => existing?.resources.has(id));
  if (held.length > 0)
    throw validationError(
      `Resources ${listed(held)} passed in ResourceToImport are already in a stack and cannot be imported.`,
    );
  return imports;
}

/** "Import operations don't allow new resource creations, resource deletions, or changes to property configurations." */
export async function refuseOtherChanges(
  { world, store }: ApiRequest,
  existing: Stack | undefined,
  deployment: Deployment,
  imports: ReadonlyMap<string, string>,
): Promise<void> {
  if (existing?.deployment === undefined) {
    if (deployment.template.outputs.size > 0) throw frozen(['Outputs']);
    return;
  }
  const { changes, preview } = await compare(world, store, existing, deployment);
  const modified = changes.map(({ logicalId }) => logicalId).filter((id) => !imports.has(id));
  if (modified.length > 0)
    throw validationError(
      `You have modified resources ${listed(modified)} in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.`,
    );
  if (preview.outputsChanged) throw frozen(['Outputs']);
}

const frozen = (parts: readonly string[]) =>
  validationError(`As part of the import operation, you cannot modify or add ${listed(parts)}`);
