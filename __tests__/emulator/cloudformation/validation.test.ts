import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const group = (properties: string) => `
Resources:
  Group: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: ${properties} }
  Role: { Type: AWS::IAM::Role, Properties: { Nonsense: true } }
`;
const named = { Capabilities: ['CAPABILITY_NAMED_IAM'] };

describe('early validation (User Guide, validate stack deployments)', () => {
  test('refuses properties that the type does not have, and tells them by DescribeEvents alone', async () => {
    await using aws = startEngine();
    const template = group('{ MinSize: 0, MaxSize: 1, Tags: [{ Key: a, Worth: b }], Colour: red }');
    const set = await aws.changeSet('app', template, 'CREATE', named);
    expect(set).toMatchObject({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE' });
    expect(set.StatusReason).toMatch(
      /^The following hook\(s\)\/validation failed: \[AWS::EarlyValidation::PropertyValidation\]\./,
    );
    const { OperationEvents = [] } = await aws.client.describeEvents({
      ChangeSetName: set.ChangeSetId,
      Filters: { FailedEvents: true },
    });
    expect([...new Set(OperationEvents.map(({ ValidationPath }) => ValidationPath))].sort()).toEqual([
      '/Resources/Group/Properties',
      '/Resources/Group/Properties/Tags/0',
    ]);
    expect(OperationEvents[0]).toMatchObject({
      EventType: 'VALIDATION_ERROR',
      OperationType: 'CREATE_CHANGESET',
      ValidationName: 'PROPERTY_VALIDATION',
      ValidationFailureMode: 'FAIL',
      ValidationStatus: 'FAILED',
      LogicalResourceId: 'Group',
    });
  });

  test('takes what is not known yet for right, and leaves the types alone that AWS does not validate', async () => {
    await using aws = startEngine();
    const template = `${group('{ MinSize: 0, MaxSize: 1, VPCZoneIdentifier: [!Ref Thing], HealthCheckGracePeriod: !GetAtt Thing.Size }')}  Thing: { Type: Test::Thing }\n`;
    expect(await aws.changeSet('app', template, 'CREATE', named)).toMatchObject({ Status: 'CREATE_COMPLETE' });
  });

  test('refuses a name that is taken', async () => {
    await using aws = startEngine({ groups: ['taken'] });
    const set = await aws.changeSet(
      'app',
      group('{ MinSize: 0, MaxSize: 1, AutoScalingGroupName: taken }'),
      'CREATE',
      named,
    );
    expect(set.StatusReason).toMatch(/AWS::EarlyValidation::ResourceExistenceCheck/);
    const free = await aws.changeSet(
      'app',
      group('{ MinSize: 0, MaxSize: 1, AutoScalingGroupName: free }'),
      'CREATE',
      named,
    );
    expect(free.Status).toBe('CREATE_COMPLETE');
  });

  test('is off with DisableValidation', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', group('{ Colour: red }'), 'CREATE', { ...named, DisableValidation: true });
    expect(set.Status).toBe('CREATE_COMPLETE');
  });
});

describe('values of AWS-specific parameter types (User Guide, parameters)', () => {
  const template = `
Parameters: { Subnets: { Type: "List<AWS::EC2::Subnet::Id>", Default: "subnet-1,subnet-2" } }
Resources: { A: { Type: Test::Thing, Properties: { In: !Ref Subnets } } }
`;
  const reason = 'Parameter validation failed: parameter value subnet-2 for parameter name Subnets does not exist';

  test('must exist: a change set fails', async () => {
    await using aws = startEngine({ subnets: ['subnet-1'] });
    expect(await aws.changeSet('app', template, 'CREATE')).toMatchObject({ Status: 'FAILED', StatusReason: reason });
  });

  test('must exist: a stack is rolled back', async () => {
    await using aws = startEngine({ subnets: ['subnet-1'] });
    expect((await aws.create('app', template)).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toContain(`app ROLLBACK_IN_PROGRESS: ${reason}. Rollback requested by user.`);
  });
});
