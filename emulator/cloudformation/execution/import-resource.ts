import type { ResourceState } from '../../types.ts';
import type { ResourceRecord } from '../model.ts';
import { failureReason, ResourceFailure } from './failure.ts';
import { notThere } from './importable.ts';
import { providerFor } from './providers.ts';
import { befall, nothingArrives } from './resource.ts';
import { type Run, setResource } from './run.ts';
import { recordOf, request, type Target } from './target.ts';

/** What is imported, as its service has it. Throws when it is there no more. */
async function existing(run: Run, target: Target, identifier: string, signal: AbortSignal): Promise<ResourceState> {
  await befall(run, target.logicalId, 'import', signal);
  const found = await providerFor(run, target.type).find?.(run, identifier);
  if (found === undefined) throw new ResourceFailure(notThere(target.type, identifier));
  return found;
}

/**
 * Takes a resource over, telling each step: it has to be there, and then goes through an update, which gives it the tags
 * of the stack. Its properties are expected to be what the template says: "AWS CloudFormation does not check that the
 * template configuration matches the actual configuration" (User Guide, resource import). False when it failed.
 *
 * Events and their words are those of AWS's answers recorded in fireflycons/PSCloudFormation (static/resource-import.md);
 * what the update does was observed by its users: an import is not read-only.
 */
export async function importResource(
  run: Run,
  target: Target,
  identifier: string,
  signal: AbortSignal,
): Promise<boolean> {
  const taken: Omit<ResourceRecord, 'timestamp'> = {
    ...recordOf(target, 'IMPORT_IN_PROGRESS'),
    physicalId: identifier,
    imported: true,
  };
  let record = setResource(run, taken, { reason: 'Resource import started.' });
  try {
    const state = await existing(run, target, identifier, signal);
    record = setResource(
      run,
      { ...record, ...state, status: 'IMPORT_COMPLETE' },
      { reason: 'Resource import completed.' },
    );
  } catch (error) {
    const reason = signal.aborted ? 'Resource import cancelled' : failureReason(error, target.type);
    setResource(run, { ...record, status: 'IMPORT_FAILED' }, { reason });
    return false;
  }
  return tagImported(run, target, record, signal);
}

/** Without its update policy: what is imported keeps its instances. */
async function tagImported(run: Run, target: Target, record: ResourceRecord, signal: AbortSignal): Promise<boolean> {
  const { updatePolicy: _updatePolicy, ...subject } = target;
  const { physicalId = '', attributes } = record;
  const updating = { ...record, status: 'UPDATE_IN_PROGRESS' };
  setResource(run, updating, { reason: 'Apply stack-level tags to imported resource if applicable.' });
  try {
    await befall(run, target.logicalId, 'update', signal);
    const asked = request(run, subject, nothingArrives, signal);
    const previous = { physicalId, attributes, properties: target.properties };
    const state = await providerFor(run, target.type).update(asked, previous);
    setResource(run, { ...updating, ...state, status: 'UPDATE_COMPLETE' });
    return true;
  } catch (error) {
    const reason = signal.aborted ? 'Resource update cancelled' : failureReason(error, target.type);
    setResource(run, { ...updating, status: 'UPDATE_FAILED' }, { reason });
    return false;
  }
}
