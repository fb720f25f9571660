import type { StackResourceDrift, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { DetectedResource, StackDrift } from './drift-model.ts';
import { parseObject } from './json-text.ts';
import { differenceOf } from './property-difference.ts';

const STATES: Readonly<Record<string, DetectedResource['state']>> = {
  IN_SYNC: 'in-sync',
  MODIFIED: 'modified',
  DELETED: 'deleted',
  NOT_CHECKED: 'not-checked',
  UNSUPPORTED: 'unsupported',
};

/**
 * A resource with its result. Those that do not support drift detection have none (CloudFormation API,
 * DescribeStackResourceDrifts).
 */
export function detectedResource(
  {
    LogicalResourceId = '',
    ResourceType = '',
    PhysicalResourceId: physicalId,
    LastUpdatedTimestamp: updated,
  }: StackResourceSummary,
  drift: StackResourceDrift | undefined,
  detection: StackDrift['detection'],
): DetectedResource {
  const about = {
    logicalId: LogicalResourceId,
    resourceType: ResourceType,
    ...(physicalId !== undefined && { physicalId }),
    ...(updated !== undefined && { updatedAt: updated.getTime() }),
  };
  if (drift === undefined)
    return { ...about, state: detection === 'complete' ? 'unsupported' : 'not-checked', differences: [] };
  const { StackResourceDriftStatus: status = '', DriftStatusReason: reason } = drift;
  const expected = parseObject(drift.ExpectedProperties);
  return {
    ...about,
    state: STATES[status] ?? 'unknown',
    ...(reason !== undefined && { reason }),
    ...(expected !== undefined && { expected }),
    differences: (drift.PropertyDifferences ?? []).map(differenceOf),
  };
}
