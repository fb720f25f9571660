import type { Services } from '../../types.ts';
import type { ValidationFailure } from '../model.ts';
import { conform } from '../resources/property-types.ts';
import { hasDynamicReference } from '../template/dynamic-references.ts';
import { isObject, type Json, type JsonObject } from '../template/model.ts';
import { isKnown } from '../template/unknown.ts';
import type { Preview, ResourcePreview } from './preview.ts';

/** CloudFormation User Guide, "Validate stack deployments": the types of this engine that are not validated. */
const NOT_VALIDATED = new Set([
  'AWS::CloudFormation::Stack',
  'AWS::CloudFormation::WaitCondition',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECS::CapacityProvider',
  'AWS::ECS::Cluster',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Logs::LogGroup',
]);

/** The value at a JSON pointer. */
function valueAt(value: Json, pointer: string): Json | undefined {
  let found: Json | undefined = value;
  for (const part of pointer.split('/').slice(1))
    found = Array.isArray(found) ? found[Number(part)] : isObject(found) ? found[part] : undefined;
  return found;
}

/** What of the properties does not fit the type's schema; what is not known yet fits everything. */
function propertyFailures(logicalId: string, type: string, properties: JsonObject): ValidationFailure[] {
  const isFinal = (value: Json | undefined) => isKnown(value) && !hasDynamicReference(value ?? null);
  return conform(type, properties)
    .problems.filter(({ path }) => isFinal(valueAt(properties, path)) || path === '')
    .map(({ path, message }) => ({
      name: 'PROPERTY_VALIDATION',
      mode: 'FAIL',
      logicalId,
      type,
      reason: message,
      path: `/Resources/${logicalId}/Properties${path}`,
    }));
}

interface NameCheck {
  readonly property: string;
  exists(name: string, services: Services): Promise<boolean>;
}

/** Whether a call found something, or failed because there is nothing. */
async function found(call: Promise<boolean>): Promise<boolean> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuch|DoesNotExist/i.test(error.name)) return false;
    throw error;
  }
}

const NAME_CHECKS: Readonly<Record<string, NameCheck>> = {
  'AWS::AutoScaling::AutoScalingGroup': {
    property: 'AutoScalingGroupName',
    async exists(name, { autoScaling }) {
      const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames: [name] });
      return AutoScalingGroups.length > 0;
    },
  },
  'AWS::EC2::LaunchTemplate': {
    property: 'LaunchTemplateName',
    async exists(name, { ec2 }) {
      const { LaunchTemplates = [] } = await ec2.describeLaunchTemplates({ LaunchTemplateNames: [name] });
      return LaunchTemplates.length > 0;
    },
  },
  'AWS::S3::Bucket': {
    property: 'BucketName',
    async exists(name, { s3 }) {
      await s3.headBucket({ Bucket: name });
      return true;
    },
  },
  'AWS::SSM::Parameter': {
    property: 'Name',
    async exists(name, { ssm }) {
      await ssm.getParameter({ Name: name });
      return true;
    },
  },
};

/** The custom name of a resource to come that another resource of the account has already. */
export async function takenName(
  resource: ResourcePreview,
  type: string,
  services: Services,
): Promise<{ readonly property: string; readonly name: string } | undefined> {
  const check = NAME_CHECKS[type];
  const name = check && resource.after.properties[check.property];
  if (check === undefined || typeof name !== 'string' || !isKnown(name)) return undefined;
  if (resource.before?.properties[check.property] === name) return undefined;
  return (await found(check.exists(name, services))) ? { property: check.property, name } : undefined;
}

async function nameConflict(
  resource: ResourcePreview,
  type: string,
  services: Services,
): Promise<ValidationFailure | undefined> {
  const taken = await takenName(resource, type, services);
  if (taken === undefined) return undefined;
  return {
    name: 'NAME_CONFLICT_VALIDATION',
    mode: 'FAIL',
    logicalId: resource.logicalId,
    type,
    reason: `Resource of type '${type}' with identifier '${taken.name}' already exists.`,
    path: `/Resources/${resource.logicalId}`,
  };
}

/** User Guide, "Validate stack deployments": it "only checks for object presence"; name and words: aws/aws-cdk-rfcs. */
async function bucketsWithObjects(preview: Preview, services: Services): Promise<ValidationFailure[]> {
  const replaced = [...preview.resources.values()].flatMap(({ fate, before, after }) =>
    fate === 'replace' && before !== undefined && after.updateReplacePolicy === 'Delete' ? [before] : [],
  );
  const removed = preview.removed.filter(({ deletionPolicy }) => deletionPolicy === 'Delete');
  const failures: ValidationFailure[] = [];
  for (const { type, logicalId, physicalId } of [...removed, ...replaced]) {
    if (type !== 'AWS::S3::Bucket' || physicalId === undefined) continue;
    const listed = services.s3.listObjectsV2({ Bucket: physicalId, MaxKeys: 1 });
    if (await found(listed.then(({ KeyCount = 0 }) => KeyCount > 0)))
      failures.push({
        name: 'BUCKET_EMPTINESS_VALIDATION',
        mode: 'WARN',
        logicalId,
        type,
        reason: 'S3 bucket is not empty',
        path: `/Resources/${logicalId}`,
      });
  }
  return failures;
}

/**
 * Early validation of what a change set adds and changes: property syntax and names that are taken, which refuse it,
 * and buckets that cannot be deleted for what is in them, which is a warning. `imported`: their names may be taken.
 */
export async function validateEarly(
  preview: Preview,
  services: Services,
  imported: ReadonlyMap<string, string>,
): Promise<ValidationFailure[]> {
  const failures: ValidationFailure[] = [];
  for (const resource of preview.resources.values()) {
    const type = preview.evaluation.active.get(resource.logicalId)?.type ?? '';
    if (resource.fate === 'same' || NOT_VALIDATED.has(type)) continue;
    failures.push(...propertyFailures(resource.logicalId, type, resource.after.properties));
    if (resource.fate === 'modify' || imported.has(resource.logicalId)) continue;
    const conflict = await nameConflict(resource, type, services);
    if (conflict !== undefined) failures.push(conflict);
  }
  return [...failures, ...(await bucketsWithObjects(preview, services))];
}

const CHECKS = {
  PROPERTY_VALIDATION: 'AWS::EarlyValidation::PropertyValidation',
  NAME_CONFLICT_VALIDATION: 'AWS::EarlyValidation::ResourceExistenceCheck',
} as const;

/** The StatusReason of a change set that early validation refused; what exactly is wrong only DescribeEvents says. */
export function validationReason(failures: readonly ValidationFailure[]): string {
  const checks = [
    ...new Set(failures.flatMap(({ name }) => (name === 'BUCKET_EMPTINESS_VALIDATION' ? [] : CHECKS[name]))),
  ];
  return `The following hook(s)/validation failed: [${checks.join(', ')}]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.`;
}
