import type { CreateChangeSetCommandInput, DescribeChangeSetCommandOutput } from '@aws-sdk/client-cloudformation';
import { asFailure, classify, orFailure } from '../aws/errors.ts';
import { formatDuration } from '../time/duration.ts';
import { poll } from '../time/poll.ts';
import { Failure, type Finding } from '../types.ts';
import { refusalOf } from './change-set-refusal.ts';
import type { StackContext } from './context.ts';
import { describeRun } from './identity.ts';
import { isChangeSetMissing, UNKNOWN_FOR, whileUnknown } from './missing-change-set.ts';
import type { ChangeSet, Locate, ResourceChange, Stack } from './model.ts';
import { resourceChangeOf } from './planned-resource.ts';
import type { TemplateArgument } from './upload.ts';
import { validationFindings } from './validation.ts';

/** What happens to a stack whose deployment fails. `delete` holds for a new stack only; an update is rolled back. */
export type OnFailure = 'rollback' | 'delete' | 'keep';

export type ParameterArgument =
  | { readonly key: string; readonly value: string }
  | { readonly key: string; readonly usePreviousValue: true };

export interface ChangeSetRequest {
  /** From `changeSetName`; unique, so that making it twice makes it once. */
  readonly name: string;
  readonly stackName: string;
  /** The live stack as it was described; undefined where there is none. */
  readonly stack: Stack | undefined;
  readonly region: string;
  readonly template: TemplateArgument | { readonly UsePreviousTemplate: true };
  readonly parameters: readonly ParameterArgument[];
  readonly capabilities: readonly string[];
  /** Left as they are when absent; an empty list clears them. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly notificationArns?: readonly string[];
  readonly roleArn?: string;
  readonly onFailure: OnFailure;
  /** Compares with the resources as they are, not as they were deployed ("Using drift-aware change sets", User Guide). */
  readonly revertsDrift?: boolean;
  /** Whether what would change in nested stacks is worked out too. */
  readonly includeNested?: boolean;
  readonly locate: Locate;
  /** Is given the stack's ARN as soon as CloudFormation has accepted the change set: from then on it certainly exists. */
  readonly onMade?: (stackId: string) => Promise<void>;
}

export interface CreatedChangeSet {
  readonly changeSet: ChangeSet;
  /** What CloudFormation warned of. */
  readonly findings: readonly Finding[];
}

/** How long CloudFormation may take over a change set. Milliseconds. */
const CREATION_LIMIT = 15 * 60_000;
/** An empty change set is known at once on a quick service; AWS takes some seconds. */
const PACE = { lead: 100, first: 300, fastest: 500, slowest: 4_000, jitter: 0.1 };

type ChangeSetCalls = 'createChangeSet' | 'describeChangeSet' | 'describeEvents';

/**
 * Creates a change set, waits until CloudFormation has worked it out, and reads all of it. Nothing is executed, and
 * nothing is removed: whoever asks for it settles what is owed.
 *
 * Throws Failure: `change-set-failed` with one finding for each thing that CloudFormation refuses, `stack-busy` when
 * another operation came first, `timed-out`, `invalid-config` or the reasons of any AWS call.
 */
export async function createChangeSet(
  context: StackContext<ChangeSetCalls>,
  request: ChangeSetRequest,
): Promise<CreatedChangeSet> {
  const { cfn } = context;
  const id = await submit(context, request);
  const first = await created(context, request, id);
  const type = changeSetType(request.stack);
  const changeSet = { id: first.ChangeSetId ?? id, name: request.name, type, stackId: first.StackId ?? '' };
  if (saysNothingChanges(first)) return { changeSet: { ...changeSet, empty: true, changes: [] }, findings: [] };
  const told = { locate: request.locate, wanted: first.Status === 'FAILED' };
  if (first.Status === 'FAILED')
    throw refused(request, first.StatusReason, await validationFindings(cfn, changeSet.id, told));
  const [changes, findings] = await Promise.all([
    changesOf(context, first, changeSet.id),
    validationFindings(cfn, changeSet.id, told),
  ]);
  return { changeSet: { ...changeSet, empty: false, changes }, findings };
}

/** A stack that does not exist yet, or is a shell, is created; every other is updated. */
export function changeSetType(stack: Stack | undefined): ChangeSet['type'] {
  const isNew = stack === undefined || stack.status === 'REVIEW_IN_PROGRESS' || stack.status === 'DELETE_COMPLETE';
  return isNew ? 'CREATE' : 'UPDATE';
}

/** Sends the request; the change set's ARN. A name that exists already is this request's own lost first attempt. */
async function submit({ cfn }: StackContext<ChangeSetCalls>, request: ChangeSetRequest): Promise<string> {
  try {
    const { Id, StackId } = await cfn.createChangeSet(inputOf(request));
    if (StackId !== undefined) await request.onMade?.(StackId);
    return Id ?? request.name;
  } catch (error) {
    const fact = classify(error);
    if (fact.kind !== 'other') throw asFailure(error, `create a change set for stack ${request.stackName}`);
    if (fact.code === 'AlreadyExistsException') return request.name;
    throw refusalOf(fact, request, error);
  }
}

function inputOf(request: ChangeSetRequest): CreateChangeSetCommandInput {
  const type = changeSetType(request.stack);
  return {
    StackName: request.stackName,
    ChangeSetName: request.name,
    ClientToken: request.name,
    ChangeSetType: type,
    Description: describeRun(request.name, { madeShell: request.stack === undefined }),
    ...request.template,
    Parameters: request.parameters.map((parameter) =>
      'value' in parameter
        ? { ParameterKey: parameter.key, ParameterValue: parameter.value }
        : { ParameterKey: parameter.key, UsePreviousValue: true },
    ),
    Capabilities: request.capabilities.map((name) => capability(name)),
    ...(request.tags && { Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })) }),
    ...(request.notificationArns && { NotificationARNs: [...request.notificationArns] }),
    ...(request.roleArn && { RoleARN: request.roleArn }),
    ...(request.includeNested && { IncludeNestedStacks: true }),
    ...(request.revertsDrift && { DeploymentMode: 'REVERT_DRIFT' }),
    // Where this is set, ExecuteChangeSet must not be given DisableRollback (API reference, CreateChangeSet).
    ...(deletesOnFailure(request.onFailure, type) && { OnStackFailure: 'DELETE' }),
  };
}

/** Whether a failed deployment deletes the stack: of a new one only, since DELETE is no choice for an update. */
export function deletesOnFailure(onFailure: OnFailure, type: ChangeSet['type']): boolean {
  return onFailure === 'delete' && type === 'CREATE';
}

const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const;

function capability(name: string): (typeof CAPABILITIES)[number] {
  const known = CAPABILITIES.find((capability) => capability === name);
  if (known !== undefined) return known;
  throw new Failure('invalid-config', [
    {
      level: 'error',
      title: `There is no capability ${name}`,
      message: `CloudFormation knows ${CAPABILITIES.join(', ')}.`,
    },
  ]);
}

async function created(
  { cfn, clock, signal }: StackContext<ChangeSetCalls>,
  { name, stackName }: ChangeSetRequest,
  id: string,
): Promise<DescribeChangeSetCommandOutput> {
  const startedAt = clock.now();
  const read = async () => {
    try {
      const changeSet = await cfn.describeChangeSet({ StackName: stackName, ChangeSetName: id });
      return changeSet.Status === 'CREATE_COMPLETE' || changeSet.Status === 'FAILED'
        ? ({ done: true, value: changeSet } as const)
        : ({ done: false, busy: false } as const);
    } catch (error) {
      if (isChangeSetMissing(error) && clock.now() - startedAt < UNKNOWN_FOR)
        return { done: false, busy: true } as const;
      throw asFailure(error, `read change set ${name}`, 'change-set-failed');
    }
  };
  const done = await poll(read, { clock, signal, deadline: startedAt + CREATION_LIMIT, pace: PACE });
  if (done !== undefined) return done;
  throw new Failure('timed-out', [
    {
      level: 'error',
      title: `Change set ${name} was not ready after ${formatDuration(CREATION_LIMIT)}`,
      message: `CloudFormation had not worked out what would change in stack ${stackName}. Nothing was changed.`,
      remedy: 'Run the job again; if it happens again, look at the change set in the CloudFormation console.',
    },
  ]);
}

// CloudFormation tells emptiness in words only. An empty list of changes is no sign: outputs alone may change.
const NOTHING_CHANGES = [/^The submitted information didn.t contain changes/i, /^No updates are to be performed/i];

/** Whether CloudFormation says of a change set that nothing would change. */
export function saysNothingChanges({
  Status,
  StatusReason = '',
}: Pick<DescribeChangeSetCommandOutput, 'Status' | 'StatusReason'>): boolean {
  return Status === 'FAILED' && NOTHING_CHANGES.some((words) => words.test(StatusReason));
}

function refused(request: ChangeSetRequest, reason = 'CloudFormation gave no reason', found: Finding[]): Failure {
  const errors = found.filter(({ level }) => level === 'error');
  const own: Finding = {
    level: 'error',
    title: `CloudFormation refused the change set for stack ${request.stackName}`,
    message: reason,
  };
  return new Failure('change-set-failed', errors.length > 0 ? found : [own, ...found]);
}

async function changesOf(
  context: StackContext<ChangeSetCalls>,
  first: DescribeChangeSetCommandOutput,
  id: string,
): Promise<ResourceChange[]> {
  const changes = [...(first.Changes ?? [])];
  let token = first.NextToken;
  while (token !== undefined) {
    const input = { ChangeSetName: id, ...(first.StackId && { StackName: first.StackId }), NextToken: token };
    const page = await orFailure(
      `read change set ${first.ChangeSetName}`,
      whileUnknown(context, () => context.cfn.describeChangeSet(input)),
    );
    changes.push(...(page.Changes ?? []));
    token = page.NextToken;
  }
  return changes.flatMap(resourceChangeOf);
}
