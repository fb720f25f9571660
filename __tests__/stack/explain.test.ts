import { describe, expect, test } from '@jest/globals';
import { failureFindings, locateNearest, unwrapped } from '../../src/stack/explain.ts';
import type { RootCause } from '../../src/stack/root-cause.ts';

const cause = (overrides: Partial<RootCause>): RootCause => ({
  stackName: 'todo',
  logicalId: 'Group',
  nestedIn: [],
  resourceType: 'AWS::AutoScaling::AutoScalingGroup',
  status: 'CREATE_FAILED',
  at: 0,
  reason: 'broken',
  ...overrides,
});
const locate = (path: readonly string[]) =>
  path.length <= 2 ? { file: 'stack.yml', line: path.join('').length } : undefined;

describe('findings of a failed deployment', () => {
  test.each([
    [
      'Received 0 SUCCESS signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
      /user data/,
    ],
    ['Failed to receive 1 resource signal(s) within the specified duration', /user data/],
    ['Received 1 FAILURE signal(s) out of 2.', /start-up commands/],
    [
      'API: iam:CreateRole User: arn:aws:iam::1:user/u is not authorized to perform: iam:CreateRole',
      /lacks a permission/,
    ],
    ['User Initiated', /asked for/],
  ])('explain %s', (reason, means) => {
    const [finding] = failureFindings({ causes: [cause({ reason })], aftermath: [] }, locate);
    expect(finding?.message).toMatch(means);
    expect(finding?.message.startsWith(reason)).toBe(true);
    expect(finding?.remedy).toBeDefined();
  });

  test('leave alone what needs no explanation', () => {
    const [finding] = failureFindings({ causes: [cause({})], aftermath: [] }, locate);
    expect(finding).toEqual({
      level: 'error',
      title: 'Group: CREATE_FAILED (AWS::AutoScaling::AutoScalingGroup)',
      message: 'broken',
      location: { file: 'stack.yml', line: 'ResourcesGroup'.length },
    });
  });

  test('of a nested resource are at the nested stack', () => {
    const nested = cause({ nestedIn: ['Network', 'Inner'], logicalId: 'Subnet' });
    const [finding] = failureFindings({ causes: [nested], aftermath: [] }, locate);
    expect(finding?.title).toMatch(/^Network › Inner › Subnet: /);
    expect(finding?.location?.line).toBe('ResourcesNetwork'.length);
  });

  test('tell the aftermath as warnings, after the causes', () => {
    const findings = failureFindings({ causes: [cause({})], aftermath: [cause({ logicalId: 'Role' })] }, locate);
    expect(findings.map(({ level }) => level)).toEqual(['error', 'warning']);
    expect(findings[1]?.title).toMatch(/^During the rollback, Role: /);
  });
});

test("a handler's words are told without the identifiers around them", () => {
  expect(
    unwrapped(
      'Resource handler returned message: "The specified log group already exists (Service: Logs, Status Code: 400, Request ID: 1-2)" ' +
        '(RequestToken: 852c9d86-1ce0-479c-8efa-b8e7675b8fbf, HandlerErrorCode: AlreadyExists)',
    ),
  ).toBe('The specified log group already exists (Service: Logs) [AlreadyExists]');
  expect(unwrapped('Resource creation cancelled')).toBe('Resource creation cancelled');
});

test('the nearest place is the longest part of the path that has one', () => {
  expect(locateNearest(['Resources', 'Group', 'Properties', 'Tags'], locate)?.line).toBe('ResourcesGroup'.length);
  expect(locateNearest([], locate)).toBeUndefined();
});
