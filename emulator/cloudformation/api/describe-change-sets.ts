import type { ResourceChange } from '../model.ts';
import { stackMissingInBrackets, validationError } from '../protocol/errors.ts';
import type { XmlObject } from '../protocol/xml.ts';
import { findChangeSet } from './find-change-set.ts';
import { page } from './paging.ts';
import type { ApiAction } from './request.ts';
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
    Details: change.details.map((detail) => ({
      Target: {
        Attribute: detail.attribute,
        Name: detail.name,
        RequiresRecreation: detail.requiresRecreation,
      },
      Evaluation: detail.evaluation,
      ChangeSource: detail.changeSource,
      CausingEntity: detail.causingEntity,
    })),
    ChangeSetId: change.changeSetId,
  },
});

const describeChangeSet: ApiAction = (request) => {
  const { query } = request;
  if (query.flag('IncludePropertyValues'))
    throw validationError('This local AWS does not support IncludePropertyValues of DescribeChangeSet.');
  const { stack, changeSet } = findChangeSet(request);
  const { deployment } = changeSet;
  const { items, nextToken } = page(changeSet.changes, query.text('NextToken'), CHANGES_PER_PAGE);
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
    StatusReason: changeSet.statusReason,
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
  };
};

const listChangeSets: ApiAction = ({ query, store }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  const { items, nextToken } = page([...stack.changeSets.values()], query.text('NextToken'), 100);
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
    })),
    NextToken: nextToken,
  };
};

export const changeSetDescriptions: Readonly<Record<string, ApiAction>> = {
  DescribeChangeSet: describeChangeSet,
  ListChangeSets: listChangeSets,
};
