import type { DescribeChangeSetCommandOutput } from '@aws-sdk/client-cloudformation';
import { stackNameInArn } from '../aws/arn.ts';
import { asFailure } from '../aws/errors.ts';
import { Failure, type Finding } from '../types.ts';
import { saysNothingChanges } from './change-set.ts';
import type { Calls } from './context.ts';
import { isChangeSetMissing } from './missing-change-set.ts';
import type { ChangeSet, Stack } from './model.ts';
import { resourceChangeOf } from './planned-resource.ts';

export interface KeptChangeSet {
  readonly changeSet: ChangeSet;
  /** It deletes a new stack whose creation fails, as it was asked for when it was made. */
  readonly deletesOnFailure: boolean;
  /** The template that it brings; undefined where it cannot be read, which `findings` say. */
  readonly template: string | undefined;
  /** What else it was made with. Values of NoEcho parameters are what CloudFormation shows (`****`). */
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly findings: readonly Finding[];
}

type KeptCalls = Calls<'describeChangeSet' | 'getTemplate'>;

/**
 * A change set that a plan kept, as it is now. One that was executed already is empty: there is nothing left to do.
 * Throws Failure `plan-changed` when it is gone, obsolete, or otherwise not to be executed any more.
 */
export async function keptChangeSet(
  cfn: KeptCalls,
  { name, stack, stackName }: { readonly name: string; readonly stack: Stack | undefined; readonly stackName: string },
): Promise<KeptChangeSet> {
  const [first, ...pages] = await pagesOf(cfn, name, executedAs(name, stack) ?? name, stackName);
  if (first.StackName !== undefined && first.StackName !== stackName && first.StackId !== stack?.id)
    throw unusable(name, `it is one of stack ${first.StackName}, and not of ${stackName}`);
  const wasExecuted = first.ExecutionStatus === 'EXECUTE_COMPLETE';
  const empty = wasExecuted || saysNothingChanges(first);
  if (!empty && first.ExecutionStatus !== 'AVAILABLE') throw unusable(name, whyNot(first));
  const id = first.ChangeSetId ?? name;
  return {
    changeSet: {
      id,
      name: first.ChangeSetName ?? name,
      type: stack === undefined || stack.status === 'REVIEW_IN_PROGRESS' ? 'CREATE' : 'UPDATE',
      stackId: first.StackId ?? '',
      empty,
      changes: empty ? [] : [first, ...pages].flatMap(({ Changes = [] }) => Changes.flatMap(resourceChangeOf)),
    },
    deletesOnFailure: first.OnStackFailure === 'DELETE',
    ...(await templateOf(cfn, { id, name, stack: first.StackId ?? stackName })),
    parameters: Object.fromEntries(
      (first.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    ),
    tags: Object.fromEntries((first.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    capabilities: first.Capabilities ?? [],
    notificationArns: first.NotificationARNs ?? [],
  };
}

/** Its ARN, where it was executed last: CloudFormation does not find it by its name any more. */
function executedAs(name: string, stack: Stack | undefined): string | undefined {
  const id = stack?.changeSetId;
  return id !== undefined && stackNameInArn(id) === name ? id : undefined;
}

// API reference, ExecuteChangeSet: all other change sets of the stack are deleted then.
const GONE = 'CloudFormation does not have it (any more): it deletes those of a stack that another one has changed';

async function pagesOf(
  cfn: KeptCalls,
  name: string,
  nameOrId: string,
  stackName: string,
): Promise<[DescribeChangeSetCommandOutput, ...DescribeChangeSetCommandOutput[]]> {
  const which = { ChangeSetName: nameOrId, StackName: stackName };
  try {
    const first = await cfn.describeChangeSet(which);
    const pages: DescribeChangeSetCommandOutput[] = [];
    for (let token = first.NextToken; token !== undefined; ) {
      const page = await cfn.describeChangeSet({ ...which, NextToken: token });
      pages.push(page);
      token = page.NextToken;
    }
    return [first, ...pages];
  } catch (error) {
    throw isChangeSetMissing(error) ? unusable(name, GONE) : asFailure(error, `read change set ${name}`);
  }
}

function whyNot({ ExecutionStatus, Status, StatusReason }: DescribeChangeSetCommandOutput): string {
  if (ExecutionStatus === 'OBSOLETE') return 'it is obsolete: the stack was changed after it was made';
  return `it is ${Status ?? 'in no state'} and its execution ${ExecutionStatus ?? 'UNAVAILABLE'}${StatusReason ? `: ${StatusReason}` : ''}`;
}

function unusable(name: string, why: string): Failure {
  return new Failure('plan-changed', [
    {
      level: 'error',
      title: `Change set ${name} cannot be executed`,
      message: `What was reviewed is change set ${name}, and ${why}. Nothing was changed.`,
      remedy: 'Make the plan again, with `keep-change-set: true`, and deploy the change set that it keeps.',
    },
  ]);
}

async function templateOf(
  cfn: KeptCalls,
  { id, name, stack }: { readonly id: string; readonly name: string; readonly stack: string },
): Promise<Pick<KeptChangeSet, 'template' | 'findings'>> {
  try {
    const { TemplateBody } = await cfn.getTemplate({ ChangeSetName: id, StackName: stack, TemplateStage: 'Original' });
    return { template: TemplateBody, findings: [] };
  } catch (error) {
    const failure = error instanceof Failure ? error : asFailure(error, `read the template of change set ${name}`);
    if (failure.reason === 'cancelled') throw failure;
    const findings = failure.findings.map((finding): Finding => {
      const message = `${finding.message}\nWhether it is the template that is checked out is not known.`;
      return { ...finding, level: 'warning', message };
    });
    return { template: undefined, findings };
  }
}
