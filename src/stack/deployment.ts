import { asFailure, classify, orFailure } from '../aws/errors.ts';
import { formatDuration } from '../time/duration.ts';
import { Failure, type Finding } from '../types.ts';
import { deletesOnFailure, type OnFailure } from './change-set.ts';
import type { StackContext } from './context.ts';
import { newestEventId } from './events.ts';
import { type Followed, followOperation } from './follow.ts';
import { whileUnknown } from './missing-change-set.ts';
import type { ChangeSet, Deployment, Stack, StackEvent } from './model.ts';
import { underWaySentence } from './progress.ts';
import { resourcePath } from './resource-path.ts';
import { failuresOf } from './root-cause.ts';
import { isSuccess } from './status.ts';
import { timingsOf } from './timings.ts';

export interface ExecutionRequest {
  readonly changeSet: ChangeSet;
  readonly stackName: string;
  /** The stack before; undefined for a new one. */
  readonly before: Pick<Stack, 'status' | 'updatedAt'> | undefined;
  readonly onFailure: OnFailure;
  /** How long the operation may take. Milliseconds. */
  readonly timeout: number;
  /** Is given each event once, oldest first, as soon as it is known. */
  readonly tell: (events: readonly StackEvent[]) => void;
  /** Is called as soon as CloudFormation has accepted the execution: from then on the change set is owed no more. */
  readonly onBegun?: () => Promise<void>;
}

type DeploymentCalls = 'executeChangeSet' | 'describeChangeSet' | 'describeStacks' | 'describeStackEvents';

/**
 * Executes a change set and follows the operation to its end. A deployment that CloudFormation failed or rolled back is
 * returned with `succeeded: false`; `deploymentFailure` makes the Failure of it.
 *
 * Throws Failure: `change-set-failed` when the stack has changed since the change set was made, `timed-out` with what
 * was going on, `credentials` or `access-denied` when the operation cannot be followed any more.
 */
export async function executeChangeSet(
  context: StackContext<DeploymentCalls>,
  request: ExecutionRequest,
): Promise<Deployment> {
  const { clock } = context;
  const { changeSet, stackName, before, timeout, tell } = request;
  const { stackId, name: token } = changeSet;
  const eventId = await newestEventId(context.cfn, stackId);
  const startedAt = clock.now();
  await execute(context, request);
  await request.onBegun?.();
  const after = { eventId, status: before?.status ?? 'REVIEW_IN_PROGRESS', updatedAt: before?.updatedAt };
  const followed = await followOperation(context, {
    stackId,
    stackName,
    after,
    token,
    deadline: startedAt + timeout,
    tell,
  });
  const { stack, events } = followed;
  if (stack === undefined) throw timedOut(stackName, timeout, events, clock.now());
  return deploymentOf(stack, followed, startedAt, clock.now());
}

async function execute(
  context: StackContext<DeploymentCalls>,
  { changeSet, stackName, onFailure }: ExecutionRequest,
): Promise<void> {
  const { cfn } = context;
  const { id, name, type, stackId } = changeSet;
  const input = {
    ChangeSetName: id,
    StackName: stackId,
    ClientRequestToken: name,
    // Always said: the reference and the CLI disagree about the default. Not beside OnStackFailure.
    ...(!deletesOnFailure(onFailure, type) && { DisableRollback: onFailure === 'keep' }),
    // A rollback of the first creation also removes new resources with DeletionPolicy Retain: nothing is left behind.
    ...(type === 'CREATE' && onFailure !== 'keep' && { RetainExceptOnCreate: true }),
  };
  try {
    await whileUnknown(context, () => cfn.executeChangeSet(input));
  } catch (error) {
    const fact = classify(error);
    if (fact.kind !== 'other') throw asFailure(error, `execute change set ${name}`);
    // A first attempt whose answer was lost has begun the operation already.
    if (!(await hasBegun(context, changeSet))) throw outdated(stackName, name, fact.message, error);
  }
}

function outdated(stackName: string, name: string, message: string, cause: unknown): Failure {
  return new Failure(
    'change-set-failed',
    [
      {
        level: 'error',
        title: `Change set ${name} of stack ${stackName} can no longer be executed`,
        message: `${message} The stack was changed after the change set was made. Nothing of it was executed.`,
        remedy: 'Run the job again: it makes a change set of the stack as it is now.',
      },
    ],
    { cause },
  );
}

/** Whether the change set is being executed, or was; its events may come later than that. */
async function hasBegun({ cfn }: StackContext<DeploymentCalls>, { id, stackId }: ChangeSet): Promise<boolean> {
  try {
    const { ExecutionStatus } = await cfn.describeChangeSet({ ChangeSetName: id, StackName: stackId });
    return ExecutionStatus?.startsWith('EXECUTE_') ?? false;
  } catch (error) {
    const { kind } = classify(error);
    if (kind === 'other' || kind === 'not-found-stack') return false;
    throw asFailure(error, 'ask whether the change set is being executed');
  }
}

function deploymentOf(stack: Stack, followed: Followed, startedAt: number, endedAt: number): Deployment {
  const { events, wasRead } = followed;
  const succeeded = isSuccess(stack.status);
  return {
    stackId: stack.id,
    startedAt,
    endedAt,
    finalStatus: stack.status,
    succeeded,
    ...(wasRead && { stack }),
    events,
    timings: timingsOf(events),
    findings: [...followed.findings, ...(succeeded ? leftovers(events) : [])],
  };
}

/** What a successful operation could not remove: it exists on, outside the stack. */
function leftovers(events: readonly StackEvent[]): Finding[] {
  return failuresOf(events).aftermath.map(({ nestedIn, logicalId, resourceType, reason }) => ({
    level: 'warning',
    title: `${resourcePath({ nestedIn, logicalId })} was left behind (${resourceType})`,
    message: `The deployment succeeded, but CloudFormation could not delete what it replaced or removed: ${reason}`,
    remedy: 'Delete it by hand; the stack no longer knows it.',
  }));
}

function timedOut(stackName: string, timeout: number, events: readonly StackEvent[], now: number): Failure {
  return new Failure('timed-out', [
    {
      level: 'error',
      title: `Stack ${stackName} was not finished after ${formatDuration(timeout)}`,
      message: `CloudFormation goes on with it. ${underWaySentence(events, now)}`,
      remedy: 'Run the job again: it waits for the operation that is under way. A longer `stack-timeout` waits longer.',
    },
  ]);
}

export interface AttachRequest {
  readonly stack: Stack;
  /** The instant (milliseconds since the epoch) at which to give up. */
  readonly deadline: number;
  readonly tell: (events: readonly StackEvent[]) => void;
}

/**
 * Follows the operation that is under way on a stack, whoever began it, from its first event. Undefined when the
 * deadline passed; `events` of it were told all the same.
 */
export async function attach(
  context: StackContext<'describeStacks' | 'describeStackEvents'>,
  { stack, deadline, tell }: AttachRequest,
): Promise<{ readonly deployment?: Deployment; readonly stack?: Stack; readonly events: readonly StackEvent[] }> {
  const { clock } = context;
  const attachedAt = clock.now();
  const followed = await followOperation(context, { stackId: stack.id, stackName: stack.name, deadline, tell });
  const { events } = followed;
  if (followed.stack === undefined) return { events };
  const startedAt = events[0]?.at ?? attachedAt;
  return {
    stack: followed.stack,
    deployment: deploymentOf(followed.stack, followed, startedAt, clock.now()),
    events,
  };
}

/** Sets termination protection where it is not as wanted. */
export async function setTerminationProtection(
  cfn: StackContext<'updateTerminationProtection'>['cfn'],
  stack: Stack,
  wanted: boolean,
): Promise<void> {
  if (stack.terminationProtection === wanted) return;
  await orFailure(
    `${wanted ? 'enable' : 'disable'} termination protection of stack ${stack.name}`,
    cfn.updateTerminationProtection({ StackName: stack.id, EnableTerminationProtection: wanted }),
  );
}
