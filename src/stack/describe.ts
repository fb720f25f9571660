import type { Stack as SdkStack } from '@aws-sdk/client-cloudformation';
import { asFailure, classify } from '../aws/errors.ts';
import { Failure } from '../types.ts';
import type { Calls } from './context.ts';
import type { Stack } from './model.ts';

/**
 * One live stack by name, alias or ARN; undefined only where CloudFormation says that it does not exist. A deleted
 * stack is found by its ARN alone, as `DELETE_COMPLETE`.
 */
export async function describeStack(cfn: Calls<'describeStacks'>, nameOrId: string): Promise<Stack | undefined> {
  let stacks: readonly SdkStack[] | undefined;
  try {
    stacks = (await cfn.describeStacks({ StackName: nameOrId })).Stacks;
  } catch (error) {
    if (classify(error).kind === 'not-found-stack') return undefined;
    throw asFailure(error, `read stack ${nameOrId}`);
  }
  const stack = stacks?.[0];
  if (stack?.StackId === undefined || stack.StackStatus === undefined)
    // An answer without the stack that was asked for is no evidence that there is none.
    throw new Failure('timed-out', [
      {
        level: 'error',
        title: `Could not read stack ${nameOrId}: the answer holds no stack`,
        message:
          'CloudFormation, or something between it and this runner, answered without a stack and without an error.',
        remedy: 'Run the job again; if it happens again, look at the proxy between the runner and AWS.',
      },
    ]);
  return stackOf(stack, stack.StackId, stack.StackStatus);
}

function stackOf(stack: SdkStack, id: string, status: string): Stack {
  return {
    id,
    name: stack.StackName ?? id,
    status,
    ...(stack.StackStatusReason !== undefined && { statusReason: stack.StackStatusReason }),
    ...(stack.LastUpdatedTime !== undefined && { updatedAt: stack.LastUpdatedTime.getTime() }),
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '', ResolvedValue }) => [
        ParameterKey,
        { value: ParameterValue, ...(ResolvedValue !== undefined && { resolvedValue: ResolvedValue }) },
      ]),
    ),
    outputs: (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '', Description, ExportName }) => ({
      key: OutputKey,
      value: OutputValue,
      ...(Description !== undefined && { description: Description }),
      ...(ExportName !== undefined && { exportName: ExportName }),
    })),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    terminationProtection: stack.EnableTerminationProtection ?? false,
    lastOperations: (stack.LastOperations ?? []).map(({ OperationType = '', OperationId = '' }) => ({
      type: OperationType,
      id: OperationId,
    })),
    ...(stack.ChangeSetId !== undefined && { changeSetId: stack.ChangeSetId }),
  };
}
