import { stackDriftInformation } from '../drift/drift-xml.ts';
import type { OutputValue, Stack } from '../model.ts';
import type { XmlObject } from '../protocol/xml.ts';
import type { RegionStore } from '../store.ts';
import type { ParameterValues } from '../template/parameters.ts';

const MASK = '****';

/** What CloudFormation leaves out when there is none of it. */
export const listOrNothing = <T>(items: readonly T[]): T[] | undefined => (items.length === 0 ? undefined : [...items]);

export const tagList = (tags: Readonly<Record<string, string>>): XmlObject[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Parameters as they are shown: those with NoEcho as asterisks. */
export const parameterList = (parameters: ParameterValues): XmlObject[] | undefined =>
  listOrNothing(
    [...parameters.values()].map(({ key, value, resolved, noEcho }) => ({
      ParameterKey: key,
      ParameterValue: noEcho ? MASK : value,
      ResolvedValue: noEcho && resolved !== undefined ? MASK : resolved,
    })),
  );

const outputXml = ({ key, value, description, exportName }: OutputValue): XmlObject => ({
  OutputKey: key,
  OutputValue: value,
  Description: description,
  ExportName: exportName,
});

/** The newest operations first, one of each kind of attempt and what followed it. */
const lastOperations = (stack: Stack): XmlObject[] =>
  stack.operations
    .slice(-2)
    .reverse()
    .map(({ id, type }) => ({ OperationType: type, OperationId: id }));

/** A stack as DescribeStacks shows it. */
export function describeStack(store: RegionStore, stack: Stack): XmlObject {
  const { deployment } = stack;
  const deleted = stack.status === 'DELETE_COMPLETE';
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: deployment?.template.description,
    Parameters: parameterList(deployment?.parameters ?? new Map()),
    CreationTime: stack.creationTime,
    DeletionTime: stack.deletionTime,
    LastUpdatedTime: stack.lastUpdatedTime,
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...(deployment?.notificationArns ?? [])],
    TimeoutInMinutes: stack.timeoutInMinutes,
    Capabilities: listOrNothing(deployment?.capabilities ?? []),
    Outputs: listOrNothing(stack.outputs.map(outputXml)),
    RoleARN: deployment?.roleArn,
    Tags: tagList(deployment?.tags ?? {}),
    EnableTerminationProtection: deleted ? undefined : stack.terminationProtection,
    ParentId: stack.parentId,
    RootId: stack.rootId,
    DriftInformation: stackDriftInformation(store, stack),
    LastOperations: lastOperations(stack),
  };
}
