import { Failure, type Finding } from '../types.ts';
import { type ChangeSetRequest, type CreatedChangeSet, createChangeSet } from './change-set.ts';
import type { StackContext } from './context.ts';
import type { Stack } from './model.ts';
import { readPlannedChanges } from './planned-changes.ts';
import type { PlannedChangeSet } from './planned-model.ts';

export type RevertRequest = Pick<
  ChangeSetRequest,
  'name' | 'stackName' | 'region' | 'capabilities' | 'roleArn' | 'includeNested' | 'locate' | 'onMade'
> & { readonly stack: Stack };

export interface RevertChangeSet extends CreatedChangeSet {
  readonly planned: PlannedChangeSet;
}

/** What helps where CloudFormation cannot change something back. */
export const INSTEAD =
  'Change it back by hand; or write what is there into the template and deploy. What is gone is made again when it is taken out of the template, deployed, put back and deployed; what took its place can be imported.';

type RevertCalls = 'createChangeSet' | 'describeChangeSet' | 'describeEvents';

/**
 * Makes a change set that brings the resources back to what was deployed, and reads all of it: the template, the
 * parameters, the tags and the topics are those that the stack has. Nothing is executed, and nothing is removed.
 *
 * Throws Failure as `createChangeSet` does, with what can be done instead; `change-set-failed` also where CloudFormation
 * made another kind of change set than was asked for.
 */
export async function createRevertChangeSet(
  context: StackContext<RevertCalls>,
  request: RevertRequest,
): Promise<RevertChangeSet> {
  const { changeSet, findings } = await create(context, request);
  const planned = await readPlannedChanges(context, changeSet);
  if (!planned.revertsDrift) throw notDriftAware(request);
  return { changeSet, findings, planned };
}

async function create(context: StackContext<RevertCalls>, request: RevertRequest): Promise<CreatedChangeSet> {
  try {
    return await createChangeSet(context, {
      ...request,
      template: { UsePreviousTemplate: true },
      parameters: Object.keys(request.stack.parameters).map((key) => ({ key, usePreviousValue: true })),
      onFailure: 'rollback',
      revertsDrift: true,
    });
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'change-set-failed') throw error;
    const told = error.findings.map(
      (finding): Finding => (finding.level === 'error' ? { ...finding, remedy: finding.remedy ?? INSTEAD } : finding),
    );
    throw new Failure(error.reason, told, { cause: error });
  }
}

/** A service that does not know a parameter may pass over it: what it makes then compares two templates that are the same. */
function notDriftAware({ stackName, region }: RevertRequest): Failure {
  return new Failure('change-set-failed', [
    {
      level: 'error',
      title: `CloudFormation makes no drift-aware change sets in ${region}`,
      message: `The change set for stack ${stackName} was to compare with the resources as they are (DeploymentMode REVERT_DRIFT), and CloudFormation made a plain one. Nothing was changed.`,
      remedy: INSTEAD,
    },
  ]);
}
