/** Where CloudTrail keeps the calls on a resource, and under which names. */
export interface TrailSubject {
  readonly region: string;
  /** LookupEvents compares a whole name, and services log different ones: those that are tried, likeliest first. */
  readonly names: readonly string[];
}

/** Services that are one for all regions log in one of each partition (CloudTrail User Guide, "Global service events"). */
const GLOBAL = /^AWS::(?:IAM|CloudFront|Route53)::/;
const REGION_OF_GLOBAL: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** What AWS makes unique by a random end, such as `targetgroup/doors/73e2d6bc24d8a067`. */
const RANDOM = /^(?:[\da-f]{16}|[\da-f-]{36})$/;

/** The subject that a resource of a stack is, from its physical id and the stack's ARN. */
export function trailSubject(resourceType: string, physicalId: string, stackId: string): TrailSubject {
  const [, partition = 'aws', , region = '', account = ''] = stackId.split(':');
  const isGlobal = GLOBAL.test(resourceType);
  const named = physicalId.startsWith('arn:') ? nameIn(physicalId) : undefined;
  // ECS takes a cluster by its name or its ARN, and logs what it was given.
  const arn =
    resourceType === 'AWS::ECS::Cluster'
      ? `arn:${partition}:ecs:${region}:${account}:cluster/${physicalId}`
      : undefined;
  return {
    region: (isGlobal ? REGION_OF_GLOBAL[partition] : undefined) ?? region,
    names: [physicalId, named, arn].flatMap((name) => (name === undefined || name === '' ? [] : [name])),
  };
}

function nameIn(arn: string): string | undefined {
  const parts = arn.split(':').slice(5).join('/').split('/');
  return parts.findLast((part) => !RANDOM.test(part));
}
