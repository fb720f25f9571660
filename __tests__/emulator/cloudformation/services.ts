import { Readable } from 'node:stream';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import type { Account, Services } from '../../../emulator/types.ts';

export interface Stored {
  /** What Systems Manager holds; may be changed while an engine runs. */
  readonly parameters?: Record<string, string>;
  /** Objects of S3, by `bucket/key`. */
  readonly objects?: Record<string, string>;

  /** Ids of the subnets that exist. */
  readonly subnets?: readonly string[];
  /** Names of the Auto Scaling groups that exist. */
  readonly groups?: readonly string[];
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const textOf = (body: unknown) => (body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body));

const json = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) });

function systemsManager(request: Request, parameters: Record<string, string>): Answer {
  const asked = JSON.parse(textOf(request.body));
  const found = (name: string) => ({ Name: name, Type: 'String', Value: parameters[name] });
  if (request.headers['x-amz-target'] === 'AmazonSSM.GetParameters')
    return json(200, { Parameters: asked.Names.filter((name: string) => name in parameters).map(found) });
  return asked.Name in parameters
    ? json(200, { Parameter: found(asked.Name) })
    : json(400, { __type: 'ParameterNotFound', message: '' });
}

function zones(): Answer {
  const items = ['us-east-1b', 'us-east-1a'].map((name) => `<item><zoneName>${name}</zoneName></item>`).join('');
  const body = `<availabilityZoneInfo>${items}</availabilityZoneInfo>`;
  return { status: 200, body: `<DescribeAvailabilityZonesResponse>${body}</DescribeAvailabilityZonesResponse>` };
}

function subnets(existing: readonly string[]): Answer {
  const items = existing.map((id) => `<item><subnetId>${id}</subnetId></item>`).join('');
  return { status: 200, body: `<DescribeSubnetsResponse><subnetSet>${items}</subnetSet></DescribeSubnetsResponse>` };
}

function groups(body: string, existing: readonly string[]): Answer {
  const asked = new URLSearchParams(body).get('AutoScalingGroupNames.member.1') ?? '';
  const member = `<member><AutoScalingGroupName>${asked}</AutoScalingGroupName></member>`;
  const found = `<AutoScalingGroups>${existing.includes(asked) ? member : ''}</AutoScalingGroups>`;
  const result = `<DescribeAutoScalingGroupsResult>${found}</DescribeAutoScalingGroupsResult>`;
  return { status: 200, body: `<DescribeAutoScalingGroupsResponse>${result}</DescribeAutoScalingGroupsResponse>` };
}

function objectsIn(bucket: string, objects: Record<string, string>): Answer {
  const count = Object.keys(objects).filter((name) => name.startsWith(`${bucket}/`)).length;
  return { status: 200, body: `<ListBucketResult><KeyCount>${count}</KeyCount></ListBucketResult>` };
}

/** AWS's own clients, answered by what a test stores; any call that the engine is not known to make is refused. */
export function storedServices(account: Account, stored: Stored): Services {
  const { parameters = {}, objects = {} } = stored;
  const answer = (request: Request): Answer => {
    if (request.headers['x-amz-target']?.startsWith('AmazonSSM.')) return systemsManager(request, parameters);
    const body = textOf(request.body);
    if (body.includes('Action=DescribeAvailabilityZones')) return zones();
    if (body.includes('Action=DescribeSubnets')) return subnets(stored.subnets ?? []);
    if (body.includes('Action=DescribeAutoScalingGroups')) return groups(body, stored.groups ?? []);
    if (request.query?.['list-type'] === '2') return objectsIn(request.path.split('/')[1] ?? '', objects);
    const object = objects[decodeURIComponent(request.path).slice(1)];
    if (request.method === 'GET' && object !== undefined) return { status: 200, body: object };
    return { status: 403, body: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>' };
  };
  const config = {
    region: account.region,
    credentials: account.credentials,
    maxAttempts: 1,
    requestHandler: {
      async handle(request: Request) {
        const { status, body } = answer(request);
        return { response: { statusCode: status, headers: {}, body: Readable.from([Buffer.from(body)]) } };
      },
    },
  };
  return {
    autoScaling: new AutoScaling(config),
    ec2: new EC2(config),
    ecs: new ECS(config),
    iam: new IAM(config),
    logs: new CloudWatchLogs(config),
    s3: new S3({ ...config, forcePathStyle: true }),
    ssm: new SSM(config),
    sts: new STS(config),
  };
}
