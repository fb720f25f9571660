import type { ChangeSet, ResourceChange } from '../change-sets/model.ts';
import type { Stack } from '../model.ts';
import { stackMissingInBrackets } from '../protocol/errors.ts';
import type { XmlObject } from '../protocol/xml.ts';
import { findChangeSet, isExecuted } from './find-change-set.ts';
import { page } from './paging.ts';
import type { ApiAction, ApiRequest } from './request.ts';
import { listOrNothing, parameterList, tagList } from './stack-xml.ts';

const CHANGES_PER_PAGE = 100;

const changeXml = (change: ResourceChange): XmlObject => ({
  Type: 'Resource',
  ResourceChange: {
    PolicyAction: change.policyAction,
    Action: change.action,
    LogicalResourceId: change.logicalId,
    PhysicalResourceId: change.physicalId,
    ResourceType: change.type,
    Replacement: change.replacement,
    Scope: [...change.scope],
    ResourceDriftStatus: change.driftStatus,
    ResourceDriftIgnoredAttributes: listOrNothing(
      (change.driftIgnored ?? []).map(({ path, reason }) => ({ Path: path, Reason: reason })),
    ),
    Details: change.details.map((detail) => ({
      Target: {
        Attribute: detail.attribute,
        Name: detail.name,
        RequiresRecreation: detail.requiresRecreation,
        Path: detail.value?.path,
        BeforeValue: detail.value?.before,
        AfterValue: detail.value?.after,
        BeforeValueFrom: detail.beforeFrom,
        AfterValueFrom: detail.afterFrom,
        Drift: detail.drift && {
          PreviousValue: detail.drift.previous,
          ActualValue: detail.drift.actual,
          DriftDetectionTimestamp: detail.drift.timestamp,
        },
        AttributeChangeType: detail.value?.type,
      },
      Evaluation: detail.evaluation,
      ChangeSource: detail.changeSource,
      CausingEntity: detail.causingEntity,
    })),
    ChangeSetId: change.changeSetId,
    BeforeContext: change.beforeContext,
    AfterContext: change.afterContext,
    PreviousDeploymentContext: change.previousContext,
  },
});

const INCOMPLETE = '[WARN] --include-property-values option can return incomplete ChangeSet data because: ';

/**
 * The changes with their values. A resource whose values cannot be resolved stays, with what is known of it; one that
 * the scenario names is left out. Both are told in AWS's words: the first from LocalStack's recorded answers of AWS
 * (test_change_set_exports_imports.snapshot.json), the second from aws/aws-cdk-cli#1780.
 */
function withValues({ world }: ApiRequest, stack: Stack, { valuedChanges, problems }: ChangeSet) {
  const left = new Map<string, string>();
  for (const { logicalId } of valuedChanges) {
    const reason = world.scenarios.leftOut({ stackName: stack.name, logicalId });
    if (reason !== undefined) left.set(logicalId, reason);
  }
  const told = [
    ...problems.map(
      ({ logicalId, reason }) =>
        `ChangeSet creation failed for resource [${logicalId}] because: ${reason.replace(/ found\.$/, '')}`,
    ),
    ...[...left].map(([logicalId, reason]) => `Logical Id: ${logicalId}, ${reason}`),
  ];
  return {
    changes: valuedChanges.filter(({ logicalId }) => !left.has(logicalId)),
    warning: told.length === 0 ? undefined : `${INCOMPLETE}${told.join('; ')}`,
  };
}

const describeChangeSet: ApiAction = (request) => {
  const { query } = request;
  const { stack, changeSet } = findChangeSet(request);
  const { deployment } = changeSet;
  const { changes, warning } = query.flag('IncludePropertyValues')
    ? withValues(request, stack, changeSet)
    : { changes: changeSet.changes, warning: undefined };
  const { items, nextToken } = page(changes, query.text('NextToken'), CHANGES_PER_PAGE);
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: stack.id,
    StackName: stack.name,
    Description: changeSet.description,
    Parameters: parameterList(deployment.parameters),
    CreationTime: changeSet.creationTime,
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.statusReason ?? warning,
    NotificationARNs: [...deployment.notificationArns],
    RollbackConfiguration: {},
    Capabilities: [...deployment.capabilities],
    Tags: listOrNothing(tagList(deployment.tags)),
    Changes: items.map(changeXml),
    NextToken: nextToken,
    IncludeNestedStacks: changeSet.includeNestedStacks,
    ParentChangeSetId: changeSet.parentId,
    RootChangeSetId: changeSet.rootId,
    OnStackFailure: changeSet.onStackFailure,
    ImportExistingResources: changeSet.importExistingResources,
    DeploymentMode: changeSet.deploymentMode,
    StackDriftStatus: changeSet.actual?.status,
  };
};

/** "Each active change set" (API Reference, ListChangeSets): one that is executed is none any more. */
const listChangeSets: ApiAction = ({ query, store }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  const active = [...stack.changeSets.values()].filter(({ executionStatus }) => !isExecuted(executionStatus));
  const { items, nextToken } = page(active, query.text('NextToken'), 100);
  return {
    Summaries: items.map((changeSet) => ({
      StackId: stack.id,
      StackName: stack.name,
      ChangeSetId: changeSet.id,
      ChangeSetName: changeSet.name,
      ExecutionStatus: changeSet.executionStatus,
      Status: changeSet.status,
      StatusReason: changeSet.statusReason,
      CreationTime: changeSet.creationTime,
      Description: changeSet.description,
      IncludeNestedStacks: changeSet.includeNestedStacks,
      ParentChangeSetId: changeSet.parentId,
      RootChangeSetId: changeSet.rootId,
      ImportExistingResources: changeSet.importExistingResources,
    })),
    NextToken: nextToken,
  };
};

export const changeSetDescriptions: Readonly<Record<string, ApiAction>> = {
  DescribeChangeSet: describeChangeSet,
  ListChangeSets: listChangeSets,
};
