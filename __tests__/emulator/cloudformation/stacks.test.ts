import { describe, expect, test } from '@jest/globals';
import { account, startEngine } from './support.ts';

const empty = 'Resources: { A: { Type: Test::Thing } }';

describe('exports and imports (User Guide, get exported outputs from a deployed stack)', () => {
  const exporting = (value: string) =>
    `${empty}\nOutputs: { Net: { Value: ${value}, Export: { Name: !Sub "\${AWS::StackName}-Net" } } }\n`;
  const importing = 'Resources: { B: { Type: Test::Thing, Properties: { Of: !ImportValue network-Net } } }';

  test('are listed, imported, and protected while they are in use', async () => {
    await using aws = startEngine();
    await aws.create('network', exporting('one'));
    await expect(aws.client.listImports({ ExportName: 'network-Net' })).rejects.toThrow(
      "Export 'network-Net' is not imported by any stack.",
    );
    await aws.create('app', importing);
    expect(aws.things.existing.get('app-B-2')).toEqual({ Of: 'one' });
    expect((await aws.client.listExports({})).Exports).toMatchObject([{ Name: 'network-Net', Value: 'one' }]);
    expect((await aws.client.listImports({ ExportName: 'network-Net' })).Imports).toEqual(['app']);

    const changed = await aws.update('network', exporting('two'));
    expect(changed.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await aws.events('network')).toContain(
      'network UPDATE_ROLLBACK_IN_PROGRESS: Export network-Net cannot be updated as it is in use by app',
    );

    await aws.client.deleteStack({ StackName: 'network' });
    expect((await aws.events('network')).at(-1)).toBe(
      'network UPDATE_ROLLBACK_COMPLETE: Export network-Net cannot be deleted as it is in use by app',
    );
    await aws.remove('app');
    expect((await aws.remove('network')).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('of a name that nothing exports, or that another stack exports, fail', async () => {
    await using aws = startEngine();
    await aws.create('app', importing);
    expect(await aws.events('app')).toContainEqual(expect.stringMatching(/No export named network-Net found/));
    await aws.create('network', exporting('one'));
    const twice = exporting('two').replace('!Sub "${AWS::StackName}-Net"', 'network-Net');
    expect((await aws.create('other', twice)).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await aws.events('other')).toContainEqual(
      expect.stringMatching(/Export with name network-Net is already exported by stack network\./),
    );
  });
});

describe('DescribeStacks (API Reference)', () => {
  test('masks NoEcho parameters and shows what Systems Manager resolved the others to', async () => {
    await using aws = startEngine({ parameters: { '/image': 'ami-1' }, subnets: ['subnet-1', 'subnet-2'] });
    const template = `
Parameters:
  Secret: { Type: String, NoEcho: true }
  Image: { Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /image }
  Subnets: { Type: "List<AWS::EC2::Subnet::Id>" }
Resources: { A: { Type: Test::Thing, Properties: { Secret: !Ref Secret, Image: !Ref Image, Subnets: !Ref Subnets } } }
`;
    const Parameters = [
      { ParameterKey: 'Secret', ParameterValue: 'hunter2' },
      { ParameterKey: 'Subnets', ParameterValue: 'subnet-1, subnet-2' },
    ];
    const stack = await aws.create('app', template, { Parameters });
    expect(stack.Parameters).toEqual([
      { ParameterKey: 'Secret', ParameterValue: '****' },
      { ParameterKey: 'Image', ParameterValue: '/image', ResolvedValue: 'ami-1' },
      { ParameterKey: 'Subnets', ParameterValue: 'subnet-1, subnet-2' },
    ]);
    expect(aws.things.existing.get('app-A-1')).toEqual({
      Secret: 'hunter2',
      Image: 'ami-1',
      Subnets: ['subnet-1', 'subnet-2'],
    });
  });

  test('a changed value in Systems Manager is a change although nothing in the template is (SSM parameter types)', async () => {
    const parameters: Record<string, string> = { '/image': 'ami-1' };
    await using aws = startEngine({ parameters });
    const template = `
Parameters: { Image: { Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /image } }
Resources: { A: { Type: Test::Thing, Properties: { Image: !Ref Image } } }
`;
    await aws.create('app', template);
    parameters['/image'] = 'ami-2';
    const set = await aws.changeSet('app', template, 'UPDATE');
    expect(set.Changes?.[0]?.ResourceChange?.Details).toMatchObject([
      { ChangeSource: 'DirectModification', Evaluation: 'Static' },
    ]);
  });

  test('keeps tags, capabilities, role and notification ARNs; an update that does not name them keeps them, an empty list clears', async () => {
    await using aws = startEngine();
    const stack = await aws.create('app', empty, {
      Tags: [{ Key: 'team', Value: 'platform' }],
      NotificationARNs: ['arn:aws:sns:us-east-1:123456789012:topic'],
      RoleARN: 'arn:aws:iam::123456789012:role/deploy',
      Capabilities: ['CAPABILITY_IAM'],
    });
    expect(stack).toMatchObject({
      Tags: [{ Key: 'team', Value: 'platform' }],
      RoleARN: 'arn:aws:iam::123456789012:role/deploy',
      Capabilities: ['CAPABILITY_IAM'],
      EnableTerminationProtection: false,
    });
    const next = empty.replace('Test::Thing', 'Test::Thing, Properties: { Size: 1 }');
    expect(await aws.update('app', next)).toMatchObject({ Tags: [{ Key: 'team', Value: 'platform' }] });
    const cleared = await aws.update('app', next, { Tags: [], NotificationARNs: [] });
    expect(cleared).toMatchObject({ Tags: [], NotificationARNs: [] });
  });

  test('lists every live stack', async () => {
    await using aws = startEngine();
    await aws.create('one', empty);
    await aws.create('two', empty);
    await aws.remove('one');
    expect((await aws.client.describeStacks({})).Stacks?.map(({ StackName }) => StackName)).toEqual(['two']);
    const { StackSummaries = [] } = await aws.client.listStacks({ StackStatusFilter: ['DELETE_COMPLETE'] });
    expect(StackSummaries.map(({ StackName }) => StackName)).toEqual(['one']);
  });
});

describe('resources of a stack', () => {
  test('show the metadata that cfn-init reads, its functions carried out', async () => {
    await using aws = startEngine();
    const metadata =
      'Metadata: { "AWS::CloudFormation::Init": { config: { files: { /etc/ecs: { content: !Sub "C=${B}" } } } } }';
    await aws.create('app', `Resources: { A: { Type: Test::Thing, ${metadata} }, B: { Type: Test::Thing } }`);
    const { StackResourceDetail } = await aws.client.describeStackResource({
      StackName: 'app',
      LogicalResourceId: 'A',
    });
    expect(JSON.parse(StackResourceDetail?.Metadata ?? '')).toEqual({
      'AWS::CloudFormation::Init': { config: { files: { '/etc/ecs': { content: 'C=app-B-1' } } } },
    });
  });

  test('are found by the id of the thing itself, and missing ones are told', async () => {
    await using aws = startEngine();
    await aws.create('app', empty);
    const { StackResources = [] } = await aws.client.describeStackResources({ PhysicalResourceId: 'app-A-1' });
    expect(StackResources[0]).toMatchObject({
      StackName: 'app',
      LogicalResourceId: 'A',
      ResourceStatus: 'CREATE_COMPLETE',
    });
    await expect(aws.client.describeStackResource({ StackName: 'app', LogicalResourceId: 'Z' })).rejects.toThrow(
      'Resource Z does not exist for stack app',
    );
    await expect(aws.client.listStackResources({ StackName: 'none' })).rejects.toThrow(
      'Stack with id none does not exist',
    );
  });
});

describe('the protocol (API Reference, common errors)', () => {
  test('answers InvalidAction for what is not built', async () => {
    await using aws = startEngine();
    await expect(aws.client.listStackSets({})).rejects.toMatchObject({
      name: 'InvalidAction',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('keeps accounts and regions apart', async () => {
    await using aws = startEngine();
    await aws.create('app', empty);
    const elsewhere = { ...account, region: 'eu-west-1' };
    const answer = await aws.engine.handle({
      action: 'DescribeStacks',
      parameters: { StackName: 'app' },
      account: elsewhere,
      requestId: 'r',
    });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('Stack with id app does not exist') });
  });

  test('CreateStack with the same token is the same request; another one is refused', async () => {
    await using aws = startEngine();
    const asked = { StackName: 'app', TemplateBody: empty, ClientRequestToken: 'token' };
    const first = await aws.client.createStack(asked);
    expect(await aws.client.createStack(asked)).toMatchObject({
      StackId: first.StackId,
      OperationId: first.OperationId,
    });
    await expect(aws.client.createStack({ ...asked, ClientRequestToken: 'other' })).rejects.toMatchObject({
      name: 'AlreadyExistsException',
      message: 'Stack [app] already exists',
    });
    await aws.settled('app');
  });

  test('five hundred resources are deployed in seconds', async () => {
    await using aws = startEngine();
    const lines = Array.from({ length: 500 }, (_, index) =>
      index === 0
        ? '  T0: { Type: Test::Thing }'
        : `  T${index}: { Type: Test::Thing, Properties: { Of: !Ref T${Math.floor(index / 3)} } }`,
    );
    const template = `Resources:\n${lines.join('\n')}\n`;
    expect((await aws.create('app', template)).StackStatus).toBe('CREATE_COMPLETE');
    expect(aws.things.existing.size).toBe(500);
  });
});
