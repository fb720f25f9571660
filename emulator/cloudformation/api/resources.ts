import { resourceDriftInformation } from '../drift/drift-xml.ts';
import type { ResourceRecord, Stack } from '../model.ts';
import { stackMissing, validationError } from '../protocol/errors.ts';
import type { XmlObject } from '../protocol/xml.ts';
import type { RegionStore } from '../store.ts';
import { page } from './paging.ts';
import type { ApiAction, ApiRequest } from './request.ts';

const row = (store: RegionStore, stack: Stack, record: ResourceRecord): XmlObject => ({
  StackName: stack.name,
  StackId: stack.id,
  LogicalResourceId: record.logicalId,
  PhysicalResourceId: record.physicalId,
  ResourceType: record.type,
  ResourceStatus: record.status,
  ResourceStatusReason: record.statusReason,
  DriftInformation: resourceDriftInformation(store, stack, record.logicalId),
});

function requireResource(stack: Stack, stackName: string, logicalId: string): ResourceRecord {
  const record = stack.resources.get(logicalId);
  if (record === undefined) throw validationError(`Resource ${logicalId} does not exist for stack ${stackName}`);
  return record;
}

function stackByPhysicalId({ store }: ApiRequest, physicalId: string): Stack {
  const owner = store
    .stacks()
    .find(
      (stack) =>
        stack.status !== 'DELETE_COMPLETE' &&
        [...stack.resources.values()].some((record) => record.physicalId === physicalId),
    );
  if (owner === undefined) throw validationError(`Stack for ${physicalId} does not exist`);
  return owner;
}

/** CloudFormation API Reference, DescribeStackResources: at most 100 resources are returned. */
const describeStackResources: ApiAction = (request) => {
  const { query, store } = request;
  const stackName = query.text('StackName');
  const physicalId = query.text('PhysicalResourceId');
  if (stackName === undefined && physicalId === undefined)
    throw validationError('Either StackName or PhysicalResourceId must be specified');
  const stack = stackName === undefined ? stackByPhysicalId(request, physicalId ?? '') : store.require(stackName);
  const logicalId = query.text('LogicalResourceId');
  const records =
    logicalId === undefined
      ? [...stack.resources.values()]
      : [requireResource(stack, stackName ?? stack.name, logicalId)];
  return {
    StackResources: records
      .slice(0, 100)
      .map((record) => ({ ...row(store, stack, record), Timestamp: record.timestamp })),
  };
};

/** Metadata is the template's, its functions carried out: what cfn-init reads. */
const describeStackResource: ApiAction = ({ query, store }) => {
  const stackName = query.text('StackName') ?? '';
  const stack = store.require(stackName, (name) => validationError(`Stack '${name}' does not exist`));
  const record = requireResource(stack, stackName, query.text('LogicalResourceId') ?? '');
  return {
    StackResourceDetail: {
      ...row(store, stack, record),
      LastUpdatedTimestamp: record.timestamp,
      Metadata: record.metadata === undefined ? undefined : JSON.stringify(record.metadata),
    },
  };
};

const listStackResources: ApiAction = ({ query, store }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissing);
  const { items, nextToken } = page([...stack.resources.values()], query.text('NextToken'), 100);
  return {
    StackResourceSummaries: items.map((record) => ({
      LogicalResourceId: record.logicalId,
      PhysicalResourceId: record.physicalId,
      ResourceType: record.type,
      LastUpdatedTimestamp: record.timestamp,
      ResourceStatus: record.status,
      ResourceStatusReason: record.statusReason,
      DriftInformation: resourceDriftInformation(store, stack, record.logicalId),
    })),
    NextToken: nextToken,
  };
};

const listExports: ApiAction = ({ query, store }) => {
  const { items, nextToken } = page([...store.exports()], query.text('NextToken'), 100);
  return {
    Exports: items.map(([Name, { stack, output }]) => ({ ExportingStackId: stack.id, Name, Value: output.value })),
    NextToken: nextToken,
  };
};

const listImports: ApiAction = ({ query, store }) => {
  const name = query.text('ExportName') ?? '';
  const importers = store.importers(name).map((stack) => stack.name);
  if (importers.length === 0) throw validationError(`Export '${name}' is not imported by any stack.`);
  const { items, nextToken } = page(importers, query.text('NextToken'), 100);
  return { Imports: [...items], NextToken: nextToken };
};

export const resourceActions: Readonly<Record<string, ApiAction>> = {
  DescribeStackResources: describeStackResources,
  DescribeStackResource: describeStackResource,
  ListStackResources: listStackResources,
  ListExports: listExports,
  ListImports: listImports,
};
