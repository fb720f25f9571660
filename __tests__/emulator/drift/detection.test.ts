import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type DriftLab, driftLines, startDriftLab } from './lab.ts';

// Quotations are from the CloudFormation API Reference and User Guide.

let lab: DriftLab;
beforeAll(async () => {
  lab = await startDriftLab();
});
afterAll(() => lab[Symbol.asyncDispose]());
beforeEach(() => lab.scenarios.play({}));

const logGroup = (days: number, more: object = {}) => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { RetentionInDays: days, ...more },
});
const two = { Resources: { A: logGroup(30), B: logGroup(7) } };

const physicalId = async (stack: string, logicalId: string) => {
  const asked = { StackName: stack, LogicalResourceId: logicalId };
  const { StackResourceDetail } = await lab.client.describeStackResource(asked);
  return StackResourceDetail?.PhysicalResourceId ?? '';
};

const changeByHand = async (stack: string, logicalId: string, retentionInDays: number) =>
  lab.services.logs.putRetentionPolicy({ logGroupName: await physicalId(stack, logicalId), retentionInDays });

describe('a detection', () => {
  test('is under way first, and tells the count when it is complete', async () => {
    await lab.create('under-way', two);
    await changeByHand('under-way', 'A', 1);
    lab.scenarios.play({ resources: [{ logicalId: 'B', operation: 'detect-drift', hangs: true }] });
    const { StackDriftDetectionId = '' } = await lab.client.detectStackDrift({ StackName: 'under-way' });
    const status = await lab.client.describeStackDriftDetectionStatus({ StackDriftDetectionId });
    expect(status.DetectionStatus).toBe('DETECTION_IN_PROGRESS');
    expect(status.StackDriftStatus).toBeUndefined();
    expect(status.DriftedStackResourceCount).toBeUndefined();
    await expect(lab.client.detectStackDrift({ StackName: 'under-way' })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('Drift detection is already in progress for stack ['),
    });
  });

  test('tells a drifted stack, also where it is described and listed', async () => {
    await lab.create('drifted', two);
    const before = await lab.client.describeStacks({ StackName: 'drifted' });
    expect(before.Stacks?.[0]?.DriftInformation).toEqual({ StackDriftStatus: 'NOT_CHECKED' });
    await changeByHand('drifted', 'A', 1);
    const status = await lab.detect('drifted');
    expect(status).toMatchObject({
      DetectionStatus: 'DETECTION_COMPLETE',
      StackDriftStatus: 'DRIFTED',
      DriftedStackResourceCount: 1,
    });
    const { Stacks } = await lab.client.describeStacks({ StackName: 'drifted' });
    expect(Stacks?.[0]?.DriftInformation).toEqual({
      StackDriftStatus: 'DRIFTED',
      LastCheckTimestamp: expect.any(Date),
    });
    const { StackSummaries = [] } = await lab.client.listStacks({});
    const listed = StackSummaries.find(({ StackName }) => StackName === 'drifted');
    expect(listed?.DriftInformation?.StackDriftStatus).toBe('DRIFTED');
    const { StackResourceSummaries = [] } = await lab.client.listStackResources({ StackName: 'drifted' });
    expect(
      StackResourceSummaries.map((row) => [row.LogicalResourceId, row.DriftInformation?.StackResourceDriftStatus]),
    ).toEqual([
      ['A', 'MODIFIED'],
      ['B', 'IN_SYNC'],
    ]);
  });

  test('answers expected and actual properties as JSON, of what the template sets alone', async () => {
    await lab.create('json', two);
    await changeByHand('json', 'A', 1);
    await lab.detect('json');
    const { StackResourceDrifts } = await lab.client.describeStackResourceDrifts({
      StackName: 'json',
      StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
    });
    expect(StackResourceDrifts).toEqual([
      {
        StackId: expect.stringContaining(':stack/json/'),
        LogicalResourceId: 'A',
        PhysicalResourceId: await physicalId('json', 'A'),
        ResourceType: 'AWS::Logs::LogGroup',
        ExpectedProperties: '{"RetentionInDays":30}',
        ActualProperties: '{"RetentionInDays":1}',
        PropertyDifferences: [
          { PropertyPath: '/RetentionInDays', ExpectedValue: '30', ActualValue: '1', DifferenceType: 'NOT_EQUAL' },
        ],
        StackResourceDriftStatus: 'MODIFIED',
        Timestamp: expect.any(Date),
      },
    ]);
  });

  test('"has failed for at least one resource"; "results will be available for" the others', async () => {
    await lab.create('failing', two);
    await changeByHand('failing', 'A', 1);
    lab.scenarios.play({ resources: [{ logicalId: 'B', operation: 'detect-drift', fail: 'Internal Failure' }] });
    const status = await lab.detect('failing');
    expect(status.DetectionStatus).toBe('DETECTION_FAILED');
    expect(JSON.parse(status.DetectionStatusReason ?? '')).toEqual({
      Summary: 'Failed to detect drift on resources [B]',
      Failures: [{ Resource: 'B', FailureReason: 'Internal Failure' }],
    });
    expect(status.StackDriftStatus).toBe('DRIFTED');
    expect(await lab.drifts('failing')).toEqual(['A MODIFIED', '  NOT_EQUAL /RetentionInDays: 30 -> 1', 'B UNKNOWN']);
  });

  test('UNKNOWN: "could not run drift detection for the resource. See the DriftStatusReason"', async () => {
    await lab.create('unknown', two);
    lab.scenarios.play({ resources: [{ logicalId: 'B', operation: 'detect-drift', unknown: 'Not readable' }] });
    const status = await lab.detect('unknown');
    expect(status).toMatchObject({ DetectionStatus: 'DETECTION_COMPLETE', StackDriftStatus: 'UNKNOWN' });
    const { StackResourceDrifts } = await lab.client.describeStackResourceDrifts({
      StackName: 'unknown',
      StackResourceDriftStatusFilters: ['UNKNOWN'],
    });
    expect(StackResourceDrifts).toHaveLength(1);
    expect(StackResourceDrifts?.[0]).toMatchObject({ LogicalResourceId: 'B', DriftStatusReason: 'Not readable' });
  });

  test('of chosen resources looks at no others', async () => {
    await lab.create('chosen', two);
    await changeByHand('chosen', 'A', 1);
    const status = await lab.detect('chosen', { LogicalResourceIds: ['B'] });
    expect(status.StackDriftStatus).toBe('IN_SYNC');
    expect(await lab.drifts('chosen')).toEqual(['B IN_SYNC']);
    await expect(lab.detect('chosen', { LogicalResourceIds: ['C'] })).rejects.toThrow('Resource C does not exist');
  });

  test('is refused while a stack is being changed, and of one that never came to be', async () => {
    await lab.client.createChangeSet({
      StackName: 'shell',
      ChangeSetName: 'first',
      ChangeSetType: 'CREATE',
      TemplateBody: JSON.stringify(two),
    });
    await expect(lab.client.detectStackDrift({ StackName: 'shell' })).rejects.toThrow('REVIEW_IN_PROGRESS');
    await expect(lab.client.detectStackDrift({ StackName: 'nowhere' })).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack [nowhere] does not exist',
    });
    await expect(
      lab.client.describeStackDriftDetectionStatus({ StackDriftDetectionId: 'no-such-id' }),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('goes on from page to page', async () => {
    const names = Array.from({ length: 5 }, (_item, index) => `Group${index}`);
    await lab.create('paged', { Resources: Object.fromEntries(names.map((name) => [name, logGroup(30)])) });
    await lab.detect('paged');
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await lab.client.describeStackResourceDrifts({ StackName: 'paged', MaxResults: 2, NextToken });
      expect(page.StackResourceDrifts?.length).toBeLessThanOrEqual(2);
      seen.push(...(page.StackResourceDrifts ?? []).map((drift) => drift.LogicalResourceId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual(names);
    await expect(lab.client.describeStackResourceDrifts({ StackName: 'paged', MaxResults: 101 })).rejects.toThrow();
  });
});

describe('of one resource', () => {
  test("the answer is at once, and the stack's own status stays", async () => {
    await lab.create('single', two);
    await changeByHand('single', 'A', 1);
    const { StackResourceDrift } = await lab.client.detectStackResourceDrift({
      StackName: 'single',
      LogicalResourceId: 'A',
    });
    expect(driftLines(StackResourceDrift)).toEqual(['A MODIFIED', '  NOT_EQUAL /RetentionInDays: 30 -> 1']);
    const { Stacks } = await lab.client.describeStacks({ StackName: 'single' });
    expect(Stacks?.[0]?.DriftInformation).toEqual({
      StackDriftStatus: 'NOT_CHECKED',
      LastCheckTimestamp: expect.any(Date),
    });
  });
});

describe('what is compared', () => {
  test('"only … property values that are explicitly set": no defaults', async () => {
    await lab.create('defaults', { Resources: { A: { Type: 'AWS::Logs::LogGroup' } } });
    await changeByHand('defaults', 'A', 1);
    await lab.detect('defaults');
    expect(await lab.drifts('defaults')).toEqual(['A IN_SYNC']);
  });

  test('no value of a NoEcho parameter, of a dynamic reference, or that the service does not return', async () => {
    await lab.services.ssm.putParameter({ Name: 'days', Value: '30', Type: 'String' });
    const parameter = (Value: unknown) => ({
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Value, Description: 'not returned' },
    });
    const template = {
      Parameters: { Secret: { Type: 'String', NoEcho: true } },
      Resources: {
        NoEcho: parameter({ 'Fn::Sub': 'x-${Secret}' }),
        Dynamic: parameter('{{resolve:ssm:days}}'),
        Plain: parameter('plain'),
      },
    };
    await lab.create('secrets', template, { Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'hunter2' }] });
    for (const logicalId of ['NoEcho', 'Dynamic', 'Plain'])
      await lab.services.ssm.putParameter({
        Name: await physicalId('secrets', logicalId),
        Value: 'changed',
        Description: 'changed',
        Overwrite: true,
      });
    await lab.detect('secrets');
    expect(await lab.drifts('secrets')).toEqual([
      'Dynamic IN_SYNC',
      'NoEcho IN_SYNC',
      'Plain MODIFIED',
      '  NOT_EQUAL /Value: plain -> changed',
    ]);
    const { StackResourceDrifts } = await lab.client.describeStackResourceDrifts({ StackName: 'secrets' });
    expect(JSON.stringify(StackResourceDrifts)).not.toContain('hunter2');
  });

  test('"does not detect drift on any nested stacks": each is asked itself', async () => {
    await lab.services.s3.createBucket({ Bucket: 'templates' });
    const child = {
      Parameters: { Days: { Type: 'String' } },
      Resources: { A: logGroup(0, { RetentionInDays: { Ref: 'Days' } }) },
    };
    await lab.services.s3.putObject({ Bucket: 'templates', Key: 'child.json', Body: JSON.stringify(child) });
    await lab.create('parent', {
      Resources: {
        Child: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: {
            TemplateURL: 'https://templates.s3.us-east-1.amazonaws.com/child.json',
            Parameters: { Days: 30 },
          },
        },
      },
    });
    const childId = await physicalId('parent', 'Child');
    await changeByHand(childId, 'A', 1);
    expect((await lab.detect('parent')).StackDriftStatus).toBe('IN_SYNC');
    expect(await lab.drifts('parent')).toEqual(['Child IN_SYNC']);
    expect((await lab.detect(childId)).StackDriftStatus).toBe('DRIFTED');
    expect(await lab.drifts(childId)).toEqual(['A MODIFIED', '  NOT_EQUAL /RetentionInDays: 30 -> 1']);
  });

  test('"analyzes the stack template for attachments", "cannot perform this analysis across stacks"', async () => {
    const rule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' };
    const group = {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'open',
        VpcId: lab.vpcId,
        SecurityGroupIngress: [{ ...rule, FromPort: 22, ToPort: 22 }],
      },
    };
    const ingress = (GroupId: unknown, port: number) => ({
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: { ...rule, GroupId, FromPort: port, ToPort: port },
    });
    await lab.create('attached', {
      Resources: { Group: group, Rule: ingress({ 'Fn::GetAtt': ['Group', 'GroupId'] }, 80) },
    });
    await lab.detect('attached');
    expect(await lab.drifts('attached')).toEqual(['Group IN_SYNC', 'Rule IN_SYNC']);
    await lab.create('elsewhere', { Resources: { Rule: ingress(await physicalId('attached', 'Group'), 443) } });
    await lab.detect('attached');
    expect(await lab.drifts('attached')).toEqual([
      'Group MODIFIED',
      '  ADD /SecurityGroupIngress/1: null -> {"IpProtocol":"tcp","FromPort":443,"ToPort":443,"CidrIp":"0.0.0.0/0"}',
      'Rule IN_SYNC',
    ]);
  });
});
