import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});
afterEach(() => {
  gateway.scenarios.play({});
  gateway.journal.clear();
});

const failure = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  return { name: error?.name, message: error?.message, status: error?.$metadata?.httpStatusCode };
};

describe('what goes where', () => {
  test('CloudFormation is the engine’s, with the parameters and the caller’s account', async () => {
    await new CloudFormation({ ...gateway.client, region: 'eu-west-1' }).describeStacks({ StackName: 'a' });
    const [last] = gateway.asked.slice(-1);
    expect(last?.action).toBe('DescribeStacks');
    expect(last?.parameters.StackName).toBe('a');
    expect(last?.account).toMatchObject({ accountId: '123456789012', region: 'eu-west-1' });
  });

  test('an assumed role’s calls belong to the role’s account', async () => {
    const { Credentials } = await new STS(gateway.client).assumeRole({
      RoleArn: 'arn:aws:iam::385605022855:role/muster',
      RoleSessionName: 'session',
    });
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    await new CloudFormation({ ...gateway.client, credentials }).listStacks({});
    expect(gateway.asked.at(-1)?.account).toMatchObject({
      accountId: '385605022855',
      credentials: { sessionToken: credentials.sessionToken },
    });
  });

  test('an unsigned query finds its service by the API version, as cfn-signal’s does', async () => {
    const body = new URLSearchParams({ Action: 'SignalResource', Version: '2010-05-15', StackName: 'unsigned' });
    const response = await fetch(gateway.endpoint, { method: 'POST', body });
    expect(response.status).toBe(200);
    expect(gateway.asked.at(-1)).toMatchObject({ action: 'SignalResource', account: { accountId: '123456789012' } });
  });

  test('a GET with the query in its URL is read too', async () => {
    const query = new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: 'by-get' });
    expect((await fetch(`${gateway.endpoint}/?${query}`)).status).toBe(200);
    expect(gateway.asked.at(-1)?.parameters.StackName).toBe('by-get');
  });

  test('objects of S3 stream through unchanged', async () => {
    const s3 = new S3({ ...gateway.client, forcePathStyle: true });
    const body = Buffer.alloc(3_000_000, 'åß∂');
    await s3.createBucket({ Bucket: 'templates' });
    await s3.putObject({ Bucket: 'templates', Key: 'a folder/t+1.yml', Body: body });
    const got = await s3.getObject({ Bucket: 'templates', Key: 'a folder/t+1.yml' });
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body);
    expect(gateway.journal.calls({ service: 's3' })).toMatchObject([
      { action: 'CreateBucket', resource: 'templates' },
      { action: 'PutObject', resource: 'templates/a folder/t+1.yml', status: 200 },
      { action: 'GetObject', resource: 'templates/a folder/t+1.yml', status: 200 },
    ]);
  });

  test('a body whose length nobody has said streams through too', async () => {
    await new S3({ ...gateway.client, forcePathStyle: true }).createBucket({ Bucket: 'chunked' });
    const body = new ReadableStream({
      start(controller) {
        for (const part of ['one ', 'two ', 'three']) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const url = `${gateway.endpoint}/chunked/key`;
    const authorization = 'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/s3/aws4_request, Signature=0';
    const headers = { authorization };
    expect((await fetch(url, { method: 'PUT', body, duplex: 'half', headers })).status).toBe(200);
    expect(await (await fetch(url, { headers })).text()).toBe('one two three');
  });

  test('a fault of the engine is an InternalFailure to the caller and told to the person', async () => {
    const error = await failure(new CloudFormation(gateway.client).listTypes({}));
    expect(error).toMatchObject({ name: 'InternalFailure', status: 500 });
    expect(gateway.told.join('\n')).toContain('a fault of the engine');
  });

  test('after a call that may have moved instances the hosts look, after others they do not', async () => {
    const autoScaling = new AutoScaling(gateway.client);
    const ec2 = new EC2(gateway.client);
    gateway.reconciled.length = 0;
    await autoScaling.describeAutoScalingGroups({});
    await ec2.describeInstances({});
    expect(gateway.reconciled).toEqual([]);
    await autoScaling.setDesiredCapacity({ AutoScalingGroupName: 'none', DesiredCapacity: 1 }).catch(() => undefined);
    await ec2.runInstances({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 });
    expect(gateway.reconciled).toMatchObject([{ region: 'us-east-1' }, { region: 'us-east-1' }]);
  });
});

describe('the journal', () => {
  test('keeps the parameters of each protocol as lists and objects', async () => {
    await new AutoScaling(gateway.client).describeAutoScalingGroups({
      AutoScalingGroupNames: ['a', 'b'],
      Filters: [{ Name: 'tag:x', Values: ['1'] }],
    });
    await new EC2(gateway.client).describeSubnets({ Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] });
    await new ECS(gateway.client).describeClusters({ clusters: ['c'], include: ['SETTINGS'] });
    expect(gateway.journal.calls()).toMatchObject([
      {
        service: 'autoscaling',
        action: 'DescribeAutoScalingGroups',
        resource: 'a,b',
        parameters: { AutoScalingGroupNames: ['a', 'b'], Filters: [{ Name: 'tag:x', Values: ['1'] }] },
        status: 200,
        accessKeyId: 'test',
      },
      { service: 'ec2', parameters: { Filter: [{ Name: 'vpc-id', Value: ['vpc-1'] }] } },
      { service: 'ecs', resource: 'c', parameters: { clusters: ['c'], include: ['SETTINGS'] } },
    ]);
  });

  test('reads the error code out of each protocol’s answer', async () => {
    await failure(new IAM(gateway.client).getRole({ RoleName: 'none' }));
    await failure(new EC2(gateway.client).describeInstances({ InstanceIds: ['i-00000000000000000'] }));
    await failure(new ECS(gateway.client).listContainerInstances({ cluster: 'none' }));
    await failure(new S3({ ...gateway.client, forcePathStyle: true }).getObject({ Bucket: 'none', Key: 'k' }));
    expect(gateway.journal.calls().map(({ errorCode }) => errorCode)).toEqual([
      'NoSuchEntity',
      'InvalidInstanceID.NotFound',
      'ClusterNotFoundException',
      'NoSuchBucket',
    ]);
  });
});

describe('hosts', () => {
  test('what they call is not in the journal and meets no faults', async () => {
    const { Credentials } = await new STS(gateway.client).assumeRole({
      RoleArn: 'arn:aws:iam::123456789012:role/ecs-host',
      RoleSessionName: 'ecs-host',
    });
    gateway.journal.clear();
    gateway.scenarios.play({ calls: [{ when: {}, then: { error: 'Throttling' } }] });
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    await new CloudFormation({ ...gateway.client, credentials }).describeStackResources({ StackName: 'host' });
    expect(gateway.asked.at(-1)).toMatchObject({ action: 'DescribeStackResources' });
    expect(gateway.journal.calls()).toEqual([]);
  });
});

describe('errors on demand', () => {
  const everywhere = (error: string) => gateway.scenarios.play({ calls: [{ when: {}, then: { error } }] });
  const askAll = async () => ({
    query: await failure(new AutoScaling(gateway.client).describeAutoScalingGroups({})),
    ec2: await failure(new EC2(gateway.client).describeVpcs({})),
    json: await failure(new ECS(gateway.client).describeClusters({ clusters: ['c'] })),
    s3: await failure(new S3({ ...gateway.client, forcePathStyle: true }).listObjectsV2({ Bucket: 'b' })),
  });

  test('expired credentials, as each protocol’s services tell it', async () => {
    everywhere('ExpiredToken');
    expect(await askAll()).toMatchObject({
      query: { name: 'ExpiredToken', status: 403, message: 'The security token included in the request is expired' },
      ec2: { name: 'RequestExpired', status: 400 },
      json: { name: 'ExpiredTokenException', status: 400 },
      s3: { name: 'ExpiredToken', status: 400 },
    });
  });

  test('throttling', async () => {
    everywhere('Throttling');
    expect(await askAll()).toMatchObject({
      query: { name: 'Throttling', status: 400, message: 'Rate exceeded' },
      ec2: { name: 'RequestLimitExceeded', status: 503 },
      json: { name: 'ThrottlingException', status: 400 },
      s3: { name: 'SlowDown', status: 503 },
    });
  });

  test('AccessDenied in IAM’s words: who, what, on what, and why', async () => {
    everywhere('AccessDenied');
    const { query, ec2, json, s3 } = await askAll();
    expect(json).toMatchObject({ name: 'AccessDeniedException', status: 400 });
    expect(json.message).toMatch(
      /^User: arn:aws:[^ ]+ is not authorized to perform: ecs:DescribeClusters on resource: arn:aws:ecs:us-east-1:123456789012:cluster\/c because no identity-based policy allows the ecs:DescribeClusters action$/,
    );
    expect(query).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(query.message).toContain('autoscaling:DescribeAutoScalingGroups because no identity-based policy');
    expect(ec2).toMatchObject({ name: 'UnauthorizedOperation', status: 403 });
    expect(ec2.message).toMatch(/^You are not authorized to perform this operation\. User: arn:aws:/);
    expect(s3).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(s3.message).toContain('s3:ListBucket on resource: "arn:aws:s3:::b" because');
  });

  test('an error of a scenario comes instead of the effect, and is journalled with its code', async () => {
    gateway.scenarios.play({
      calls: [{ when: { service: 'ecs', action: 'CreateCluster' }, then: { error: 'ServerException', status: 500 } }],
    });
    const ecs = new ECS(gateway.client);
    expect(await failure(ecs.createCluster({ clusterName: 'never' }))).toMatchObject({
      name: 'ServerException',
      status: 500,
    });
    expect((await ecs.describeClusters({ clusters: ['never'] })).clusters).toEqual([]);
    expect(gateway.journal.calls({ errorCode: 'ServerException' })).toHaveLength(1);
  });

  test('an action that moto does not have is InvalidAction, not a page of HTML', async () => {
    const error = await failure(
      new AutoScaling(gateway.client).describeInstanceRefreshes({ AutoScalingGroupName: 'g' }),
    );
    expect(error).toMatchObject({ name: 'InvalidAction', status: 400 });
    expect(await failure(new ECS(gateway.client).describeServiceDeployments({ serviceDeploymentArns: ['a'] }))).toEqual(
      { name: 'UnknownOperationException', message: 'Unknown operation DescribeServiceDeployments', status: 400 },
    );
  });
});

describe('a bad network', () => {
  test('a cut call has had no effect, and afterEffect has had all of it', async () => {
    const ecs = new ECS(gateway.client);
    const when = { action: 'CreateCluster' };
    gateway.scenarios.play({ calls: [{ when, then: { cut: true } }] });
    expect(await failure(ecs.createCluster({ clusterName: 'cut-before' }))).toMatchObject({ name: 'Error' });
    gateway.scenarios.play({ calls: [{ when, then: { cut: true, afterEffect: true } }] });
    expect(await failure(ecs.createCluster({ clusterName: 'cut-after' }))).toMatchObject({ name: 'Error' });
    const { clusters } = await ecs.describeClusters({ clusters: ['cut-before', 'cut-after'] });
    expect(clusters?.map(({ clusterName }) => clusterName)).toEqual(['cut-after']);
    expect(gateway.journal.calls({ errorCode: 'cut' })).toMatchObject([{ status: 0 }, { status: 0 }]);
  });

  test('an answer that is no protocol', async () => {
    gateway.scenarios.play({ calls: [{ when: {}, then: { garble: '<html>proxy', status: 502 } }] });
    const response = await fetch(gateway.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15' }),
    });
    expect([response.status, await response.text()]).toEqual([502, '<html>proxy']);
  });

  test('a delayed call is answered late and in full', async () => {
    gateway.scenarios.play({ calls: [{ when: { action: 'ListClusters' }, then: { delayMs: 150 } }] });
    const began = performance.now();
    await new ECS(gateway.client).listClusters({});
    expect(performance.now() - began).toBeGreaterThan(140);
  });
});

describe('what the hosts know better than moto', () => {
  test('whether an agent is connected', async () => {
    const ecs = new ECS(gateway.client);
    await ecs.createCluster({ clusterName: 'agents' });
    const register = async (instanceId: string) => {
      const { containerInstance } = await ecs.registerContainerInstance({
        cluster: 'agents',
        instanceIdentityDocument: JSON.stringify({ instanceId }),
      });
      return containerInstance?.containerInstanceArn ?? '';
    };
    const { Instances } = await new EC2(gateway.client).runInstances({
      ImageId: 'ami-12c6146b',
      MinCount: 2,
      MaxCount: 2,
    });
    const [away = '', unknown = ''] = await Promise.all((Instances ?? []).map((i) => register(i.InstanceId ?? '')));
    gateway.agents.set(away, false);
    const { containerInstances } = await ecs.describeContainerInstances({
      cluster: 'agents',
      containerInstances: [away, unknown],
    });
    expect(containerInstances?.map((i) => [i.containerInstanceArn, i.agentConnected])).toEqual([
      [away, false],
      [unknown, true],
    ]);
  });

  test('console output: the host’s own, and none for an instance that has printed nothing', async () => {
    const ec2 = new EC2(gateway.client);
    const { Instances } = await ec2.runInstances({ ImageId: 'ami-12c6146b', MinCount: 2, MaxCount: 2 });
    const [booted = '', silent = ''] = (Instances ?? []).map(({ InstanceId }) => InstanceId ?? '');
    gateway.consoles.set(booted, 'cloud-init: done & <well>\n');
    const output = await ec2.getConsoleOutput({ InstanceId: booted });
    expect(Buffer.from(output.Output ?? '', 'base64').toString()).toBe('cloud-init: done & <well>\n');
    expect((await ec2.getConsoleOutput({ InstanceId: silent })).Output).toBeUndefined();
  });
});

describe('/_local/', () => {
  const local = (path: string, init?: RequestInit) => fetch(`${gateway.endpoint}/_local/${path}`, init);

  test('calls, with a filter', async () => {
    await new ECS(gateway.client).listClusters({});
    await new EC2(gateway.client).describeVpcs({});
    expect(await (await local('calls?service=ecs')).json()).toMatchObject([{ action: 'ListClusters' }]);
  });

  test('play, with a sentence about what is wrong with a scenario', async () => {
    const scenario = { calls: [{ when: { service: 'ecs' }, then: { error: 'ExpiredToken' } }] };
    expect((await local('play', { method: 'POST', body: JSON.stringify(scenario) })).status).toBe(200);
    expect(await failure(new ECS(gateway.client).listClusters({}))).toMatchObject({ name: 'ExpiredTokenException' });
    const refused = await local('play', { method: 'POST', body: '{"cals":[]}' });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { message: 'a scenario has no "cals": it has calls, resources, hosts, changeSets, reads, seed' },
    ]);
  });

  test('state, health, and nothing else', async () => {
    expect(await (await local('state')).json()).toEqual({ stacks: [] });
    expect(await (await local('health')).json()).toEqual({ status: 'ready' });
    expect((await local('other')).status).toBe(404);
  });
});
