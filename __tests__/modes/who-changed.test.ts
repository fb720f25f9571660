import type { Event } from '@aws-sdk/client-cloudtrail';
import { expect, test } from '@jest/globals';
import type { Aws, AwsTarget } from '../../src/aws/aws.ts';
import type { EnvironmentDrift, ResourceDrift } from '../../src/drift/model.ts';
import { whoChanged } from '../../src/modes/who-changed.ts';
import { refusal } from '../stack/fake-cloudformation.ts';
import { FakeClock } from '../time/fake-clock.ts';

const NOW = Date.parse('2026-11-25T03:41:00Z');
const DAY = 24 * 60 * 60 * 1_000;

interface Asked extends AwsTarget {
  readonly name: string;
  readonly at: number;
  readonly since: number;
}

/** A world whose CloudTrail names one call on everything, and keeps when it was asked for what. */
function fakeWorld(deniedTo?: string) {
  const asked: Asked[] = [];
  const clock = new FakeClock(NOW);
  const targets = new Map<string, Pick<Aws, 'cloudTrail'>>();
  const event: Event = {
    EventName: 'Change',
    EventTime: new Date(NOW),
    CloudTrailEvent: JSON.stringify({ userIdentity: { type: 'Root' } }),
  };
  const world = {
    clock,
    signal: new AbortController().signal,
    aws: (target: AwsTarget) => {
      const key = JSON.stringify(target);
      const known = targets.get(key) ?? { cloudTrail: async () => trail };
      const trail = {
        lookupEvents: async ({ LookupAttributes, StartTime }: LookupInput) => {
          const name = LookupAttributes?.[0]?.AttributeValue ?? '';
          asked.push({ ...target, name, at: clock.now(), since: StartTime?.getTime() ?? 0 });
          if (target.role === deniedTo && deniedTo !== undefined)
            throw refusal('AccessDeniedException', 'you may not read CloudTrail');
          return { $metadata: {}, Events: [event] };
        },
      };
      targets.set(key, known);
      return known;
    },
  };
  return { world, asked, clock };
}

interface LookupInput {
  readonly LookupAttributes?: { readonly AttributeValue: string | undefined }[] | undefined;
  readonly StartTime?: Date | undefined;
}

const resource = (physicalId: string, more: Partial<ResourceDrift> = {}): ResourceDrift => ({
  path: [physicalId],
  resourceType: 'AWS::EC2::SecurityGroup',
  physicalId,
  state: 'modified',
  risk: 'safe',
  properties: [],
  ...more,
});

function environment(name: string, resources: readonly ResourceDrift[], account = '123456789012'): EnvironmentDrift {
  return {
    environment: name,
    stackName: name,
    region: 'eu-west-1',
    stackId: `arn:aws:cloudformation:eu-west-1:${account}:stack/${name}/0`,
    templateFile: 'stack.yml',
    state: 'drifted',
    detections: [],
    resources,
    ignored: [],
    byDesign: [],
    unchecked: [],
    stale: [],
    findings: [],
  };
}

test('only what has drifted is asked for, since CloudFormation last worked on it and at most for 90 days', async () => {
  const { world, asked } = fakeWorld();
  const updatedAt = new Date(NOW - DAY + 345).toISOString();
  const drifted = resource('sg-1', { updatedAt });
  const old = resource('sg-2', { state: 'deleted', updatedAt: '2020-01-01T00:00:00.000Z' });
  const others = [resource('sg-3', { state: 'in-sync' }), resource('sg-4', { state: 'unknown' })];
  const drift = environment('dev', [drifted, old, ...others]);
  const { changedBy, findings } = await whoChanged([{ drift, role: undefined }], world);
  expect(asked.map(({ name, since }) => [name, NOW - since])).toEqual([
    ['sg-1', DAY],
    ['sg-2', 90 * DAY],
  ]);
  expect([...changedBy.keys()]).toEqual([drifted, old]);
  expect(findings).toEqual([]);
});

test('environments of one account and region share its budget, each in its turn; others have their own', async () => {
  const { world, asked } = fakeWorld();
  const looked = [
    { drift: environment('a', [resource('sg-a1'), resource('sg-a2')]), role: undefined },
    { drift: environment('b', [resource('sg-b1')]), role: undefined },
    { drift: environment('c', [resource('sg-c1')], '210987654321'), role: 'arn:aws:iam::210987654321:role/drift' },
    { drift: environment('d', [resource('role-d', { resourceType: 'AWS::IAM::Role' })]), role: undefined },
  ];
  const { changedBy } = await whoChanged(looked, world);
  expect(changedBy.size).toBe(5);
  const own = asked.filter(({ name }) => /^sg-[ab]/.test(name));
  expect(own.map(({ name }) => name)).toEqual(['sg-a1', 'sg-b1', 'sg-a2']);
  const gaps = own.slice(1).map(({ at }, n) => at - (own[n]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
  expect(asked.find(({ name }) => name === 'sg-c1')).toMatchObject({ role: looked[2]?.role, at: NOW });
  expect(asked.find(({ name }) => name === 'role-d')).toMatchObject({ region: 'us-east-1', at: NOW });
});

test('what one role is denied is told once, and the others are still asked', async () => {
  const { world, asked } = fakeWorld('arn:aws:iam::123456789012:role/denied');
  const looked = [
    { drift: environment('a', [resource('sg-1'), resource('sg-2')]), role: 'arn:aws:iam::123456789012:role/denied' },
    { drift: environment('b', [resource('sg-3')]), role: 'arn:aws:iam::123456789012:role/allowed' },
  ];
  const { changedBy, findings } = await whoChanged(looked, world);
  expect([...changedBy.keys()].map(({ physicalId }) => physicalId)).toEqual(['sg-3']);
  expect(asked.map(({ name }) => name)).toEqual(['sg-1', 'sg-3']);
  const message = expect.stringContaining('2 resources in vain');
  expect(findings).toMatchObject([{ level: 'notice', message, remedy: expect.stringContaining('LookupEvents') }]);
});

test('however much has drifted, it has an end', async () => {
  const { world, clock } = fakeWorld();
  const many = Array.from({ length: 1_000 }, (_, n) => resource(`sg-${n}`));
  const { changedBy, findings } = await whoChanged([{ drift: environment('a', many), role: undefined }], world);
  expect(clock.now() - NOW).toBeLessThanOrEqual(31_000);
  expect(changedBy.size).toBeLessThan(60);
  expect(findings).toMatchObject([{ message: expect.stringContaining('no more time') }]);
  expect(findings[0]).not.toHaveProperty('remedy');
});
