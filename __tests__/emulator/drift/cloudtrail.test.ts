import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../../emulator/local-aws.ts';

// CloudTrail API Reference, LookupEvents; User Guide, "CloudTrail record contents".

interface Looked {
  readonly Events: readonly {
    readonly EventName: string;
    readonly EventId: string;
    readonly Username: string;
    readonly EventTime: number;
    readonly ReadOnly: string;
    readonly Resources: readonly { readonly ResourceType: string; readonly ResourceName: string }[];
    readonly CloudTrailEvent: string;
  }[];
  readonly NextToken?: string;
  readonly __type?: string;
}

let aws: LocalAws;
const config = () => ({
  endpoint: aws.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});

beforeAll(async () => {
  aws = await startLocalAws({ speed: Number.POSITIVE_INFINITY, tell: () => undefined });
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
});

/** As an SDK sends it: AWS JSON 1.1, signed for the service cloudtrail. */
async function lookup(input: object, accessKeyId = 'test'): Promise<Looked> {
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261124/us-east-1/cloudtrail/aws4_request, SignedHeaders=host, Signature=x`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
    },
    body: JSON.stringify(input),
  });
  const answer: Looked = JSON.parse(await response.text());
  return answer;
}

const by = (AttributeKey: string, AttributeValue: string) => ({ LookupAttributes: [{ AttributeKey, AttributeValue }] });

describe('LookupEvents', () => {
  test('tells who changed a thing, and when', async () => {
    const logs = new CloudWatchLogs(config());
    const began = Math.floor(Date.now() / 1000);
    await logs.createLogGroup({ logGroupName: 'watched' });
    await logs.putRetentionPolicy({ logGroupName: 'watched', retentionInDays: 7 });
    const { Events } = await lookup(by('ResourceName', 'watched'));
    expect(Events.map(({ EventName }) => EventName)).toEqual(['PutRetentionPolicy', 'CreateLogGroup']);
    const [latest] = Events;
    expect(latest).toMatchObject({
      ReadOnly: 'false',
      AccessKeyId: 'test',
      EventSource: 'logs.amazonaws.com',
      Username: 'moto',
      Resources: [{ ResourceType: 'AWS::Logs::LogGroup', ResourceName: 'watched' }],
    });
    expect(latest?.EventTime).toBeGreaterThanOrEqual(began);
    expect(JSON.parse(latest?.CloudTrailEvent ?? '')).toMatchObject({
      userIdentity: { type: 'IAMUser', userName: 'moto', accountId: '123456789012' },
      eventName: 'PutRetentionPolicy',
      awsRegion: 'us-east-1',
      requestParameters: { logGroupName: 'watched', retentionInDays: 7 },
      readOnly: false,
      eventID: latest?.EventId,
      recipientAccountId: '123456789012',
    });
  });

  test('an assumed role is known by its session', async () => {
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await new IAM(config()).createRole({ RoleName: 'operator', AssumeRolePolicyDocument: trust });
    const { Credentials } = await new STS(config()).assumeRole({
      RoleArn: 'arn:aws:iam::123456789012:role/operator',
      RoleSessionName: 'alice',
    });
    const logs = new CloudWatchLogs({
      ...config(),
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    });
    await logs.createLogGroup({ logGroupName: 'of-alice' });
    const { Events } = await lookup(by('Username', 'alice'));
    expect(Events.map(({ EventName }) => EventName)).toEqual(['CreateLogGroup']);
    expect(JSON.parse(Events[0]?.CloudTrailEvent ?? '').userIdentity).toMatchObject({
      type: 'AssumedRole',
      sessionContext: { sessionIssuer: { userName: 'operator' } },
    });
  });

  test('what was refused is told with its error', async () => {
    const groups = new AutoScaling(config());
    aws.play({ calls: [{ when: { action: 'UpdateAutoScalingGroup' }, then: { error: 'AccessDenied' } }] });
    await expect(groups.updateAutoScalingGroup({ AutoScalingGroupName: 'mine', MaxSize: 9 })).rejects.toThrow();
    aws.play({});
    const { Events } = await lookup(by('ResourceName', 'mine'));
    expect(JSON.parse(Events[0]?.CloudTrailEvent ?? '')).toMatchObject({ errorCode: 'AccessDenied' });
  });

  test("what CloudFormation does for its caller is the caller's, invoked by CloudFormation", async () => {
    const client = new CloudFormation(config());
    const TemplateBody = JSON.stringify({
      Resources: { Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'of-a-stack' } } },
    });
    await client.createStack({ StackName: 'trail', TemplateBody });
    await waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StackName: 'trail' });
    const { Events } = await lookup(by('ResourceName', 'of-a-stack'));
    expect(Events.map(({ EventName, Username }) => [EventName, Username])).toEqual([['CreateLogGroup', 'moto']]);
    expect(JSON.parse(Events[0]?.CloudTrailEvent ?? '')).toMatchObject({
      userIdentity: { invokedBy: 'cloudformation.amazonaws.com' },
      sourceIPAddress: 'cloudformation.amazonaws.com',
    });
    expect(aws.calls({ service: 'logs' }).map(({ resource }) => resource)).not.toContain('of-a-stack');
  });

  test('holds back what services hold back', async () => {
    const ssm = new SSM(config());
    await ssm.putParameter({ Name: 'secret', Value: 'hunter2', Type: 'SecureString' });
    const { Events } = await lookup(by('ResourceName', 'secret'));
    expect(Events).toHaveLength(1);
    expect(JSON.stringify(Events)).not.toContain('hunter2');
  });

  test('goes on from page to page, "with the same parameters"', async () => {
    const logs = new CloudWatchLogs(config());
    for (const name of ['one', 'two', 'three']) await logs.createLogGroup({ logGroupName: `page-${name}` });
    const asked = { ...by('EventName', 'CreateLogGroup'), MaxResults: 2 };
    const first = await lookup(asked);
    expect(first.Events.map(({ Resources }) => Resources[0]?.ResourceName)).toEqual(['page-three', 'page-two']);
    await logs.createLogGroup({ logGroupName: 'page-later' });
    const second = await lookup({ ...asked, NextToken: first.NextToken });
    expect(second.Events[0]?.Resources[0]?.ResourceName).toBe('page-one');
    const other = { ...by('EventName', 'PutRetentionPolicy'), MaxResults: 2, NextToken: first.NextToken };
    expect((await lookup(other)).__type).toBe('InvalidNextTokenException');
  });

  test('refuses what it cannot look up', async () => {
    const two = {
      LookupAttributes: [...by('EventName', 'A').LookupAttributes, ...by('Username', 'B').LookupAttributes],
    };
    expect((await lookup(two)).__type).toBe('InvalidLookupAttributesException');
    expect((await lookup(by('Colour', 'red'))).__type).toBe('InvalidLookupAttributesException');
    expect((await lookup({ MaxResults: 51 })).__type).toBe('InvalidMaxResultsException');
    expect((await lookup({ StartTime: 2, EndTime: 1 })).__type).toBe('InvalidTimeRangeException');
    expect((await lookup({ EndTime: 1 })).Events).toEqual([]);
  });
});
