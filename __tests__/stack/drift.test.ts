import type {
  DescribeStackDriftDetectionStatusCommandOutput,
  DescribeStackResourceDriftsCommandOutput,
  DetectStackDriftCommandOutput,
  ListStackResourcesCommandOutput,
  StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { detectDrift } from '../../src/stack/drift.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { refusal } from './fake-cloudformation.ts';

interface FakeStack {
  /** Type by logical id; of a nested stack its physical id is the logical id. */
  readonly resources: Readonly<Record<string, string>>;
  readonly drifts?: readonly StackResourceDrift[];
  /** How often it is told to be under way. */
  readonly readings?: number;
  readonly ends?: 'DETECTION_COMPLETE' | 'DETECTION_FAILED';
  readonly reason?: string;
  /** How many resources it says have drifted. */
  readonly count?: number;
  /** It may not be begun. */
  readonly denied?: boolean;
  /** How often another detection is in the way. */
  readonly busy?: number;
}

const $metadata = {};
const START = 1_000_000;

/** Answers one item a page, so that nobody can do without the pages. */
function fakeCloudFormation(stacks: Readonly<Record<string, FakeStack>>) {
  const counts = new Map<string, number>();
  const times = (what: string) => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    return counts.get(what) ?? 0;
  };
  const stackOf = (name = '') => {
    const stack = stacks[name];
    if (stack === undefined) throw refusal('ValidationError', `Stack with id ${name} does not exist`);
    return stack;
  };
  const pageOf = <T>(items: readonly T[], token = '0') => {
    const next = Number(token) + 1;
    return { items: items.slice(Number(token), next), ...(next < items.length && { NextToken: String(next) }) };
  };
  return {
    async listStackResources({
      StackName,
      NextToken,
    }: {
      StackName: string | undefined;
      NextToken?: string | undefined;
    }): Promise<ListStackResourcesCommandOutput> {
      const all = Object.entries(stackOf(StackName).resources).map(([LogicalResourceId, ResourceType]) => ({
        LogicalResourceId,
        PhysicalResourceId: LogicalResourceId,
        ResourceType,
        ResourceStatus: 'CREATE_COMPLETE' as const,
        LastUpdatedTimestamp: new Date(0),
      }));
      const { items, ...token } = pageOf(all, NextToken);
      return { $metadata, StackResourceSummaries: items, ...token };
    },
    async detectStackDrift({ StackName }: { StackName: string | undefined }): Promise<DetectStackDriftCommandOutput> {
      if (stackOf(StackName).denied === true) throw refusal('AccessDenied', `${StackName} is not yours`);
      if (times(`begin ${StackName}`) <= (stackOf(StackName).busy ?? 0))
        throw refusal('ValidationError', `Drift detection is already in progress for stack [${StackName}]`);
      return { $metadata, StackDriftDetectionId: StackName };
    },
    async describeStackDriftDetectionStatus({
      StackDriftDetectionId: id,
    }: {
      StackDriftDetectionId: string | undefined;
    }): Promise<DescribeStackDriftDetectionStatusCommandOutput> {
      const { readings = 1, ends = 'DETECTION_COMPLETE', reason, count } = stackOf(id);
      const isDone = times(`status ${id}`) > readings;
      return {
        $metadata,
        StackId: id,
        StackDriftDetectionId: id,
        DetectionStatus: isDone ? ends : 'DETECTION_IN_PROGRESS',
        Timestamp: new Date(START),
        ...(isDone && count !== undefined && { DriftedStackResourceCount: count }),
        ...(isDone && reason && { DetectionStatusReason: reason }),
      };
    },
    async describeStackResourceDrifts({
      StackName,
      NextToken,
    }: {
      StackName: string | undefined;
      NextToken?: string | undefined;
    }): Promise<DescribeStackResourceDriftsCommandOutput> {
      const { items, ...token } = pageOf(stackOf(StackName).drifts ?? [], NextToken);
      return { $metadata, StackResourceDrifts: items, ...token };
    },
  };
}

const record = (LogicalResourceId: string, more: Partial<StackResourceDrift> = {}): StackResourceDrift => ({
  StackId: 'root',
  LogicalResourceId,
  ResourceType: 'AWS::Logs::LogGroup',
  StackResourceDriftStatus: 'IN_SYNC',
  Timestamp: new Date(START + 1),
  ...more,
});
const LOGS = 'AWS::Logs::LogGroup';

async function detect(stacks: Readonly<Record<string, FakeStack>>, within = 60_000) {
  const clock = new FakeClock(START);
  const context = { cfn: fakeCloudFormation(stacks), clock, signal: new AbortController().signal };
  return detectDrift(context, 'root', START + within);
}
const statesOf = (found: Awaited<ReturnType<typeof detect>>) =>
  found.map(({ path, detection, resources }) => [
    path.join('/'),
    detection,
    Object.fromEntries(resources.map(({ logicalId, state }) => [logicalId, state])),
  ]);

describe('a detection', () => {
  test('every resource has a result, from all pages', async () => {
    const drifts = [
      record('A'),
      record('B', {
        StackResourceDriftStatus: 'MODIFIED',
        ExpectedProperties: '{"RetentionInDays":"7"}',
        PropertyDifferences: [
          { PropertyPath: '/RetentionInDays', ExpectedValue: '7', ActualValue: '30', DifferenceType: 'NOT_EQUAL' },
          { PropertyPath: '/a~1b/2', ExpectedValue: 'null', ActualValue: '{"c":"d"}', DifferenceType: 'ADD' },
        ],
      }),
      record('C', { StackResourceDriftStatus: 'DELETED' }),
      record('D', { StackResourceDriftStatus: 'UNKNOWN', DriftStatusReason: 'no' }),
    ];
    const found = await detect({ root: { resources: { A: LOGS, B: LOGS, C: LOGS, D: LOGS, E: LOGS }, drifts } });
    expect(statesOf(found)).toEqual([
      ['', 'complete', { A: 'in-sync', B: 'modified', C: 'deleted', D: 'unknown', E: 'unsupported' }],
    ]);
    expect(found[0]?.resources[1]?.differences).toEqual([
      { path: ['RetentionInDays'], kind: 'changed', expected: '7', actual: '30' },
      { path: ['a/b', '2'], kind: 'added', actual: { c: 'd' } },
    ]);
    expect(found[0]?.resources[3]?.reason).toBe('no');
  });

  test('goes into nested stacks, and into those in them', async () => {
    const nested = 'AWS::CloudFormation::Stack';
    const found = await detect({
      root: { resources: { Inner: nested }, drifts: [record('Inner')] },
      Inner: { resources: { Deep: nested, A: LOGS }, drifts: [record('Deep'), record('A')] },
      Deep: { resources: { A: LOGS }, drifts: [record('A', { StackResourceDriftStatus: 'DELETED' })] },
    });
    expect(statesOf(found)).toEqual([
      ['', 'complete', { Inner: 'in-sync' }],
      ['Inner', 'complete', { Deep: 'in-sync', A: 'in-sync' }],
      ['Inner/Deep', 'complete', { A: 'deleted' }],
    ]);
  });

  test('a nested stack that is gone is told, and hides nothing', async () => {
    const found = await detect({
      root: { resources: { Gone: 'AWS::CloudFormation::Stack', A: LOGS }, drifts: [record('A')] },
    });
    expect(found).toMatchObject([{ detection: 'complete' }, { path: ['Gone'], detection: 'failed', resources: [] }]);
  });

  test('a nested stack that may not be looked at hides nothing of the others', async () => {
    const nested = 'AWS::CloudFormation::Stack';
    const found = await detect({
      root: {
        resources: { Inner: nested, A: LOGS },
        drifts: [record('Inner'), record('A', { StackResourceDriftStatus: 'DELETED' })],
      },
      Inner: { resources: { B: LOGS }, denied: true },
    });
    expect(statesOf(found)).toEqual([
      ['', 'complete', { Inner: 'in-sync', A: 'deleted' }],
      ['Inner', 'failed', {}],
    ]);
    expect(found[1]?.reason).toContain('Inner is not yours');
  });

  test('a stack that may not be looked at hides no drift of those in it', async () => {
    const root = { resources: { Inner: 'AWS::CloudFormation::Stack' }, denied: true };
    const resources = { A: LOGS };
    const drifts = [record('A', { StackResourceDriftStatus: 'DELETED' })];
    expect(statesOf(await detect({ root, Inner: { resources, drifts } }))).toEqual([
      ['', 'failed', {}],
      ['Inner', 'complete', { A: 'deleted' }],
    ]);
    await expect(detect({ root, Inner: { resources, drifts: [record('A')] } })).rejects.toMatchObject({
      reason: 'access-denied',
    });
  });

  test('that counts more drift than it tells of is not believed', async () => {
    const root = { resources: { A: LOGS, B: LOGS }, drifts: [record('A')], count: 1 };
    const found = await detect({ root });
    expect(statesOf(found)).toEqual([['', 'failed', { A: 'in-sync', B: 'not-checked' }]]);
    expect(found[0]?.reason).toBe('CloudFormation counts 1 resource that has drifted, and tells of 0.');
    const drifts = [record('A'), record('B', { StackResourceDriftStatus: 'MODIFIED' })];
    expect(await detect({ root: { ...root, drifts } })).toMatchObject([{ detection: 'complete' }]);
  });

  test('without a result of what an earlier one could check leaves that unknown', async () => {
    const drifts = [record('A'), record('B', { Timestamp: new Date(START - 86_400_000) })];
    const found = await detect({ root: { resources: { A: LOGS, B: LOGS, C: 'Custom::Thing' }, drifts } });
    expect(statesOf(found)).toEqual([['', 'complete', { A: 'in-sync', B: 'unknown', C: 'unsupported' }]]);
  });

  test('that failed keeps what it found out, and says why', async () => {
    const root: FakeStack = {
      resources: { A: LOGS, B: LOGS },
      drifts: [record('A', { StackResourceDriftStatus: 'DELETED' })],
      ends: 'DETECTION_FAILED',
      reason: 'Failed to detect drift on resources [B]',
    };
    const found = await detect({ root });
    expect(statesOf(found)).toEqual([['', 'failed', { A: 'deleted', B: 'not-checked' }]]);
    expect(found[0]?.reason).toContain('[B]');
  });

  test('that does not end in time keeps what it found out, and takes nothing from an earlier one', async () => {
    const drifts = [record('A'), record('B', { Timestamp: new Date(START - 86_400_000) })];
    const found = await detect({ root: { resources: { A: LOGS, B: LOGS }, drifts, readings: 9_999 } });
    expect(statesOf(found)).toEqual([['', 'timed-out', { A: 'in-sync', B: 'not-checked' }]]);
  });

  test('waits for one that is under way, and not for ever', async () => {
    const stack = { resources: { A: LOGS }, drifts: [record('A')] };
    expect(statesOf(await detect({ root: { ...stack, busy: 3 } }))).toEqual([['', 'complete', { A: 'in-sync' }]]);
    expect(statesOf(await detect({ root: { ...stack, busy: 9_999 } }))).toEqual([
      ['', 'timed-out', { A: 'not-checked' }],
    ]);
  });

  test('that CloudFormation refuses is a failure', async () => {
    await expect(detect({})).rejects.toMatchObject({ name: 'Failure' });
  });
});
