import { describe, expect, test } from '@jest/globals';
import type { RolledInstance } from '../../src/cluster/model.ts';
import type { Run } from '../../src/outcome.ts';
import { annotationsOf } from '../../src/report/annotations.ts';
import {
  annotationHeading,
  changeLines,
  createEventLines,
  createRollCallLines,
  verdictLines,
} from '../../src/report/log.ts';
import type { StyledLine } from '../../src/runner/runner.ts';
import {
  capacityShort,
  event,
  instance,
  RESOURCES,
  rolledBack,
  STARTED_AT,
  silent,
  succeeded,
  unchanged,
} from './fixtures.ts';

function text(line: StyledLine | undefined): string {
  return (line ?? []).map((span) => span.text).join('');
}

function styles(line: StyledLine | undefined): readonly (string | undefined)[] {
  return (line ?? []).map((span) => span.style);
}

function eventLines(told: Run): readonly StyledLine[] {
  const logicalIds = RESOURCES.map(({ id }) => id);
  return (told.ledger.deployment?.events ?? []).map(createEventLines({ startedAt: STARTED_AT, logicalIds }));
}

describe('event lines', () => {
  test('one line an event, in columns: elapsed time, status, resource, type, and how long it took', () => {
    const lines = eventLines(succeeded).map(text);
    expect(lines).toHaveLength(succeeded.ledger.deployment?.events.length ?? 0);
    expect(lines[1]).toBe('   3.0s  CREATE_IN_PROGRESS    ApplicationCluster         AWS::ECS::Cluster');
    expect(lines.find((line) => line.includes('CREATE_COMPLETE') && line.includes('ApplicationAutoscaling'))).toBe(
      ' 4m 22s  CREATE_COMPLETE       ApplicationAutoscaling     AWS::AutoScaling::AutoScalingGroup  1m 59s',
    );
    const columns = new Set(lines.slice(1, -1).map((line) => line.indexOf('AWS::')));
    expect(columns.size).toBe(1);
  });

  test('a failure is red, a cancellation that followed it is not', () => {
    const lines = eventLines(rolledBack);
    const failure = lines.find((line) => text(line).includes('Received 1 SUCCESS'));
    const cancellation = lines.find((line) => text(line).includes('Resource creation cancelled'));
    expect(styles(failure)).toContain('red');
    expect(styles(cancellation)).not.toContain('red');
  });

  test('a nested stack’s resource is told with its path', () => {
    const line = createEventLines({ startedAt: STARTED_AT })(
      event(1, {
        logicalId: 'Subnet',
        nestedIn: ['Network'],
        resourceType: 'AWS::EC2::Subnet',
        status: 'CREATE_COMPLETE',
        physicalId: 's',
      }),
    );
    expect(text(line)).toContain('Network › Subnet');
  });

  test('a reason of several lines stays on the event’s line', () => {
    const line = createEventLines({ startedAt: STARTED_AT })(
      event(1, { status: 'CREATE_FAILED', reason: 'a\nb\r\n::error::c' }),
    );
    expect(text(line)).toMatch(/ {2}a b ::error::c$/);
    expect(text(line)).not.toContain('\n');
  });
});

describe('change lines', () => {
  test('tell what happens to each resource, aligned', () => {
    expect(changeLines(capacityShort.ledger.changes ?? []).map(text)).toEqual([
      '  ~ modify    ApplicationAutoscaling     AWS::AutoScaling::AutoScalingGroup  LaunchTemplate, DesiredCapacity',
      '  ~ modify    ApplicationLaunchTemplate  AWS::EC2::LaunchTemplate  LaunchTemplateData',
      '  ± replace   ApplicationSecurityGroup   AWS::EC2::SecurityGroup  GroupDescription',
    ]);
  });

  test('know every action', () => {
    const words = (['Add', 'Modify', 'Remove', 'Import', 'Dynamic', 'SyncWithActual'] as const).map((action) =>
      text(changeLines([{ action, logicalId: 'X', resourceType: 'T', changed: [] }])[0])
        .trim()
        .split(/\s+/)
        .slice(0, 2)
        .join(' '),
    );
    expect(words).toEqual(['+ add', '~ modify', '- remove', '> import', '? depends', '= sync']);
    const conditional = {
      action: 'Modify',
      logicalId: 'X',
      resourceType: 'T',
      changed: [],
      replacement: 'Conditional',
    } as const;
    expect(text(changeLines([conditional])[0])).toContain('± replace?');
    const retained = {
      action: 'Remove',
      logicalId: 'X',
      resourceType: 'T',
      changed: [],
      policyAction: 'Retain',
    } as const;
    expect(text(changeLines([retained])[0])).toContain('- let go');
  });
});

describe('roll call lines', () => {
  const reading = (seconds: number, registeredCount: number, instances?: readonly RolledInstance[]) => ({
    at: STARTED_AT + seconds * 1_000,
    clusterStatus: 'ACTIVE',
    registeredCount,
    expected: { count: 3, source: 'the template' },
    ...(instances === undefined ? {} : { instances }),
  });

  test('tell who has answered and who has not, only when that changes', () => {
    const line = createRollCallLines(STARTED_AT);
    const lines = [
      reading(0, 0),
      reading(1, 0),
      reading(20, 1, [instance(1), silent(2), instance(3, { agentConnected: false })]),
      reading(22, 1, [instance(1), silent(2), instance(3, { agentConnected: false })]),
      reading(40, 3, [instance(1), instance(2), instance(3)]),
    ].map((one) => line(one));
    expect(lines.map((one) => (one === undefined ? undefined : text(one)))).toEqual([
      '   0.0s  registered 0 of 3',
      undefined,
      '    20s  registered 1 of 3 · answered i-001a9e4c7d1b3f85 · waiting for i-002a9e4c7d1b3f85 (InService), i-003a9e4c7d1b3f85 (agent disconnected)',
      undefined,
      '    40s  registered 3 of 3 · answered i-001a9e4c7d1b3f85, i-002a9e4c7d1b3f85, i-003a9e4c7d1b3f85',
    ]);
    expect(styles(lines[2])).toContain('yellow');
    expect(styles(lines[4])).toContain('green');
  });

  test('name who is leaving, who is a stranger, and a cluster that is not active; count what is too many to name', () => {
    const many = Array.from({ length: 40 }, (_, n) => instance(n));
    const odd = [
      instance(50, { status: 'DRAINING' }),
      { instanceId: 'i-0stranger', status: 'ACTIVE', agentConnected: true },
    ];
    const line = createRollCallLines(STARTED_AT)({
      ...reading(5, 42, [...many, ...odd]),
      clusterStatus: 'PROVISIONING',
    });
    expect(text(line)).toBe(
      `   5.0s  registered 42 of 3 · the cluster is PROVISIONING · answered 40 instances · draining ${instance(50).instanceId} · not of this group i-0stranger`,
    );
  });
});

test('an instance that has registered twice has answered once', () => {
  const line = createRollCallLines(STARTED_AT)({
    at: STARTED_AT,
    clusterStatus: 'ACTIVE',
    registeredCount: 3,
    expected: { count: 2, source: 'the template' },
    instances: [instance(1), instance(2)],
    again: [instance(1, { status: 'DRAINING' })],
  });
  expect(text(line)).toBe(
    `   0.0s  registered 3 of 2 · answered ${instance(1).instanceId}, ${instance(2).instanceId} · registered again ${instance(1).instanceId} (DRAINING)`,
  );
});

test('an annotation is headed by what the runner leaves out of its log', () => {
  const headings = annotationsOf(rolledBack).flatMap(annotationHeading).map(text);
  expect(headings[0]).toBe('ApplicationAutoscaling could not be created  stack.yml:70');
  expect(annotationHeading({ level: 'warning', title: 'late', message: 'why' }).map(text)).toEqual(['late']);
  expect(annotationHeading({ level: 'notice', title: 'Cluster created', message: 'Cluster created: x' })).toEqual([]);
});

describe('the last lines', () => {
  test('of a success: the verdict and the numbers', () => {
    expect(verdictLines(succeeded).map(text)).toEqual([
      '',
      '✓ todobackend-dev is deployed: all 3 container instances answered the roll call.',
      '  registered 3 of 3 · deploy of todobackend-dev succeeded · took 4m 39s',
    ]);
    expect(text(verdictLines(unchanged).at(-1))).toContain('registered 1 of 1');
  });

  test('of a failure: the verdict alone, for its causes are annotations above it', () => {
    expect(verdictLines(rolledBack).map(text)).toEqual([
      '',
      '✗ The deployment of todobackend-dev failed and was rolled back.',
      expect.stringContaining('failed (rolled-back)'),
    ]);
  });

  test('of more failures than there are annotations: each of the others with its place and what to do', () => {
    const findings = Array.from({ length: 12 }, (_, index) => ({
      level: 'error' as const,
      title: `error ${index + 1}`,
      message: 'why',
      remedy: 'what to do',
      location: { file: 'stack.yml', line: index + 1 },
    }));
    const many = { ...rolledBack, outcome: { outcome: 'failed', reason: 'rolled-back', findings } } as const;
    const lines = verdictLines(many).map(text);
    expect(lines.slice(2, 5)).toEqual(['  error 10  stack.yml:10', '    why', '    what to do']);
    expect(lines.filter((line) => line.startsWith('  error '))).toHaveLength(3);
  });
});
