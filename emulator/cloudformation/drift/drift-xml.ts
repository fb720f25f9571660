import type { Stack } from '../model.ts';
import type { XmlObject } from '../protocol/xml.ts';
import type { RegionStore } from '../store.ts';
import { shownDifference } from './differences.ts';
import type { ResourceDrift } from './records.ts';

/** The latest check of a resource as StackResourceDrift. */
export const resourceDriftXml = (stack: Stack, drift: ResourceDrift): XmlObject => ({
  StackId: stack.id,
  LogicalResourceId: drift.logicalId,
  PhysicalResourceId: drift.physicalId,
  ResourceType: drift.type,
  ExpectedProperties: drift.expected,
  ActualProperties: drift.actual,
  PropertyDifferences: drift.differences.map(shownDifference).map(({ path, expected, actual, type }) => ({
    PropertyPath: path,
    ExpectedValue: expected,
    ActualValue: actual,
    DifferenceType: type,
  })),
  StackResourceDriftStatus: drift.status,
  DriftStatusReason: drift.reason,
  Timestamp: drift.timestamp,
});

/** DriftInformation of a stack. */
export function stackDriftInformation(store: RegionStore, stack: Stack): XmlObject {
  const { status, lastCheck } = store.drift.of(stack.id);
  return { StackDriftStatus: status, LastCheckTimestamp: lastCheck };
}

/** DriftInformation of a resource. */
export function resourceDriftInformation(store: RegionStore, stack: Stack, logicalId: string): XmlObject {
  const drift = store.drift.of(stack.id).resources.get(logicalId);
  return { StackResourceDriftStatus: drift?.status ?? 'NOT_CHECKED', LastCheckTimestamp: drift?.timestamp };
}
