import type { Event } from '@aws-sdk/client-cloudtrail';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { trailedCall } from '../../src/stack/trail-event.ts';

const ACCOUNT = '123456789012';
const JANE = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/people/jane`, userName: 'jane' };

const event = (record: object = {}, more: Partial<Event> = {}): Event => ({
  EventName: 'UpdateAutoScalingGroup',
  EventTime: new Date('2026-11-25T00:31:07Z'),
  Username: 'jane',
  ReadOnly: 'false',
  CloudTrailEvent: JSON.stringify({ userIdentity: JANE, sourceIPAddress: '203.0.113.9', readOnly: false, ...record }),
  ...more,
});

test('what was called, by whom and when, and nothing of where from', () => {
  const call = trailedCall(event());
  expect(call).toEqual({ action: 'UpdateAutoScalingGroup', by: 'user jane', at: '2026-11-25T00:31:07.000Z' });
});

// CloudTrail User Guide, "CloudTrail userIdentity element".
test.each([
  [
    'role admin (session jane@example.com)',
    { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/admin/jane@example.com` },
  ],
  ['the root user', { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root` }],
  ['autoscaling.amazonaws.com', { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' }],
  ['jane', { type: 'FederatedUser', arn: `arn:aws:sts::${ACCOUNT}:federated-user/jane` }],
  ['jane', {}],
])('%s', (by, userIdentity) => {
  expect(trailedCall(event({ userIdentity }))).toMatchObject({ by });
});

describe('left out', () => {
  test.each([
    ['what only reads', event({}, { ReadOnly: 'true' })],
    ['what only reads, by its record', event({ readOnly: true })],
    ['what failed', event({ errorCode: 'AccessDenied' })],
    [
      'what CloudFormation did for somebody',
      event({ userIdentity: { ...JANE, invokedBy: 'cloudformation.amazonaws.com' } }),
    ],
    ['what CloudFormation did', event({ sourceIPAddress: 'cloudformation.amazonaws.com' })],
    ['what merely uses the resource', event({}, { EventName: 'RegisterContainerInstance' })],
    ['what does not say when', event({}, { EventTime: undefined })],
    ['what cannot be read', event({}, { CloudTrailEvent: 'no JSON' })],
    ['what is no record', event({}, { CloudTrailEvent: 'null' })],
  ])('%s', (_, left) => {
    expect(trailedCall(left)).toBeUndefined();
  });
});

test('whatever a record holds, it is read or left out', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.dictionary(fc.constantFrom('type', 'arn', 'userName', 'invokedBy'), fc.jsonValue()),
      (text, userIdentity) => {
        for (const CloudTrailEvent of [text, JSON.stringify({ userIdentity })]) {
          const call = trailedCall(event({}, { CloudTrailEvent }));
          expect(['string', 'undefined']).toContain(typeof call?.by);
        }
      },
    ),
  );
});
