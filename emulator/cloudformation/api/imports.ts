import type { ChangeSetType } from '../change-sets/model.ts';
import type { Stack } from '../model.ts';
import { validationError } from '../protocol/errors.ts';
import type { Query } from '../protocol/query.ts';
import type { Template } from '../template/model.ts';
import type { ApiRequest } from './request.ts';

/** The identifier's only value; several are joined as physical ids of such types are. */
function identifierOf(resource: Query): string {
  const entries = resource.structure('ResourceIdentifier')?.entries() ?? [];
  return entries.map(([, value]) => value).join('|');
}

/**
 * The resources that a request names to be imported, physical ids by logical id. User Guide, "Import existing
 * resources": each is in the template with a DeletionPolicy, and an import adds nothing else.
 */
export function requestedImports(
  { query }: ApiRequest,
  type: ChangeSetType,
  template: Template,
  existing: Stack | undefined,
): ReadonlyMap<string, string> {
  const imports = new Map(
    query
      .structures('ResourcesToImport')
      .map((resource): [string, string] => [resource.text('LogicalResourceId') ?? '', identifierOf(resource)]),
  );
  if (imports.size > 0 && type !== 'IMPORT')
    throw validationError(`ResourcesToImport cannot be specified for a change set of type ${type}`);
  if (type !== 'IMPORT') return imports;
  if (imports.size === 0) throw validationError('You must specify ResourcesToImport for a change set of type IMPORT');
  const absent = [...imports.keys()].filter((id) => !template.resources.has(id));
  if (absent.length > 0) throw validationError(`Resources [${absent.join(', ')}] do not exist in the template`);
  const unkept = [...imports.keys()].filter((id) => template.resources.get(id)?.deletionPolicy === undefined);
  if (unkept.length > 0)
    throw validationError(
      `The following resources to import [${unkept.join(', ')}] must have DeletionPolicy attribute specified in the template.`,
    );
  const added = [...template.resources.keys()].filter((id) => !existing?.resources.has(id) && !imports.has(id));
  if (added.length > 0) throw validationError(`Resources [${added.join(', ')}] is missing from ResourceToImport list`);
  return imports;
}
