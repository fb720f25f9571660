import type { JournalEntry } from '../../../emulator/types.ts';
import type { Asked } from './documented-policies.ts';

const ACCOUNT = '123456789012';

const arn = (service: string, region: string, resource: string) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const texts = (value: unknown): string[] => [value].flat().filter((item) => typeof item === 'string');
const text = (value: unknown): string => texts(value)[0] ?? '';
const isArn = (name: string) => name.startsWith('arn:');

/** What each service asks IAM for a call: Service Authorization Reference, "Actions, resources, and condition keys". */
const SERVICES: Readonly<Record<string, (call: JournalEntry) => readonly Asked[]>> = {
  cloudformation: askedByCloudFormation,

  ecs({ action, region, parameters: { cluster, clusters, containerInstances, capacityProviders } }) {
    const named = (kind: string) => (name: string) => (isArn(name) ? name : arn('ecs', region, `${kind}/${name}`));
    const about: Readonly<Record<string, readonly string[]>> = {
      DescribeClusters: texts(clusters).map(named('cluster')),
      ListContainerInstances: texts(cluster).map(named('cluster')),
      DescribeContainerInstances: texts(containerInstances).map(named('container-instance')),
      DescribeCapacityProviders: texts(capacityProviders).map(named('capacity-provider')),
    };
    return (about[action] ?? ['unknown']).map((resource) => ({ action: `ecs:${action}`, resource }));
  },

  // "The Amazon EC2 Auto Scaling Describe actions don't support resource-level permissions."
  autoscaling: ({ action }) => [{ action: `autoscaling:${action}`, resource: '*' }],

  // Service Authorization Reference, CloudTrail: LookupEvents has no resource type.
  cloudtrail: ({ action }) => [{ action: `cloudtrail:${action}`, resource: '*' }],

  ssm: ({ action, region, parameters: { Names } }) =>
    texts(Names).map((name) => ({
      action: `ssm:${action}`,
      resource: isArn(name) ? name : arn('ssm', region, `parameter/${name.replace(/^\//, '')}`),
    })),

  s3: ({ action, parameters: { Bucket, Key } }) => [
    { action: `s3:${action}`, resource: `arn:aws:s3:::${text(Bucket)}/${text(Key)}` },
  ],

  // "No permissions are required to perform this operation" (STS API Reference, GetCallerIdentity).
  sts: ({ action, parameters: { RoleArn } }) =>
    action === 'GetCallerIdentity' ? [] : [{ action: `sts:${action}`, resource: text(RoleArn) }],
};

/** Everything that IAM asks for these calls, which are in the order in which they were made. */
export function askedBy(calls: readonly JournalEntry[]): readonly Asked[] {
  const tagged = new Map<string, readonly string[]>();
  return calls.flatMap((call) => {
    const asks = SERVICES[call.service];
    if (asks === undefined) throw new Error(`The action is not known to call ${call.service}:${call.action}`);
    const asked = asks(call);
    return call.action === 'CreateChangeSet' ? [...asked, ...askedByTags(call, tagged)] : asked;
  });
}

/** Setting tags of a stack, and taking away those that it had: `tagged` remembers them. */
function askedByTags({ region, parameters }: JournalEntry, tagged: Map<string, readonly string[]>): readonly Asked[] {
  const { StackName, Tags } = parameters;
  if (!Array.isArray(Tags)) return [];
  const resource = stackArn(region, text(StackName));
  const keys = Tags.flatMap((tag: unknown) =>
    typeof tag === 'object' && tag !== null ? texts(Reflect.get(tag, 'Key')) : [],
  );
  const taken = (tagged.get(resource) ?? []).filter((key) => !keys.includes(key));
  tagged.set(resource, keys);
  return [
    { action: 'cloudformation:TagResource', resource },
    ...(taken.length > 0 ? [{ action: 'cloudformation:UntagResource', resource }] : []),
  ];
}

const stackArn = (region: string, name: string) =>
  isArn(name) ? name : arn('cloudformation', region, `stack/${name}/*`);

/** Service Authorization Reference, CloudFormation: these have no resource type. */
const WITHOUT_RESOURCE = ['ListExports', 'ListStacks', 'DescribeStackDriftDetectionStatus'];

function askedByCloudFormation({ action, region, parameters }: JournalEntry): readonly Asked[] {
  const { StackName, ChangeSetName, RoleARN, TemplateURL } = parameters;
  // IAM is asked before anything is looked up: of a change set whose ARN is all that a call names, the stack is not known.
  const resource = StackName === undefined ? text(ChangeSetName) : stackArn(region, text(StackName));
  return [
    { action: `cloudformation:${action}`, resource: WITHOUT_RESOURCE.includes(action) ? '*' : resource },
    ...(RoleARN === undefined ? [] : [{ action: 'iam:PassRole', resource: text(RoleARN) }]),
    // CloudFormation reads a template with the permissions of whoever names it.
    ...(TemplateURL === undefined ? [] : [{ action: 's3:GetObject', resource: objectArn(text(TemplateURL)) }]),
  ];
}

/** Of an object's URL, in either style: with the bucket in the host or in the path. */
function objectArn(url: string): string {
  const { hostname, pathname } = new URL(url);
  const bucket = /^(.+)\.s3[.-]/.exec(hostname)?.[1];
  return `arn:aws:s3:::${bucket === undefined ? '' : `${bucket}/`}${pathname.slice(1)}`;
}
