import type { ApiCall } from './request.ts';

/** S3's permissions that are not named like the action (S3 User Guide, "Required permissions for S3 API operations"). */
const S3_PERMISSIONS: Readonly<Record<string, string>> = {
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  UploadPart: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListBuckets: 'ListAllMyBuckets',
  DeleteObjects: 'DeleteObject',
};

/** The permission that a call needs, `service:Action`. */
export function permissionOf({ service, action }: Pick<ApiCall, 'service' | 'action'>): string {
  return `${service}:${(service === 's3' ? S3_PERMISSIONS[action] : undefined) ?? action}`;
}

type Place = { readonly region: string; readonly account: string };

/** By service, for those whose permissions can be limited to a resource in what a deployment calls. */
const ARNS: Readonly<Record<string, (name: string, place: Place) => string>> = {
  cloudformation: (name, { region, account }) => `arn:aws:cloudformation:${region}:${account}:stack/${name}/*`,
  ecs: (name, { region, account }) => `arn:aws:ecs:${region}:${account}:cluster/${name}`,
  iam: (name, { account }) => `arn:aws:iam::${account}:role/${name}`,
  logs: (name, { region, account }) => `arn:aws:logs:${region}:${account}:log-group:${name}:log-stream:`,
  ssm: (name, { region, account }) => `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`,
  s3: (name) => `arn:aws:s3:::${name}`,
};

/** The ARN that a refusal of a call names; none where IAM knows no resource for it, as for EC2's Describe actions. */
export function refusedArn(call: ApiCall, caller: string): string | undefined {
  const name = call.resource?.split(',')[0];
  if (name === undefined || name.startsWith('arn:')) return name;
  return ARNS[call.service]?.(name, { region: call.region, account: caller.split(':')[4] ?? '' });
}
