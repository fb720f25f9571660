import type { ResourceRecord } from '../model.ts';
import { isObject, type Json, type JsonObject, sameValue, scalarText } from '../template/model.ts';
import { propertyDifferences } from './differences.ts';
import { transformed } from './transforms.ts';

/** The resources of one type that are attached to another by a property: its id, or a list that has it. */
function attachedTo(
  records: Iterable<ResourceRecord>,
  type: string,
  property: string,
  id: string | undefined,
): ResourceRecord[] {
  return [...records].filter((record) => {
    if (record.type !== type || record.physicalId === undefined) return false;
    const value = record.properties[property];
    return Array.isArray(value) ? value.includes(id ?? '') : scalarText(value) === id;
  });
}

const itemsOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function withoutRules(type: string, actual: Json | undefined, attached: readonly ResourceRecord[]): Json[] {
  const left = itemsOf(actual);
  for (const { properties } of attached) {
    const { GroupId: _group, GroupName: _name, ...rule } = transformed(type, properties);
    const place = left.findIndex(
      (item) => isObject(item) && propertyDifferences({}, rule, transformed(type, item)).length === 0,
    );
    if (place >= 0) left.splice(place, 1);
  }
  return left;
}

/**
 * The actual properties without what other resources of the same stack have attached (CloudFormation User Guide, drift:
 * "CloudFormation analyzes the stack template for attachments before performing the drift comparison", and "cannot
 * perform this analysis across stacks").
 */
export function withoutAttachments(
  record: ResourceRecord,
  actual: JsonObject,
  records: readonly ResourceRecord[],
): JsonObject {
  const { type, physicalId: id } = record;
  switch (type) {
    case 'AWS::EC2::SecurityGroup': {
      const rules = (kind: string) => attachedTo(records, `AWS::EC2::SecurityGroup${kind}`, 'GroupId', id);
      const kept = (kind: string) =>
        withoutRules(`AWS::EC2::SecurityGroup${kind}`, actual[`SecurityGroup${kind}`], rules(kind));
      return { ...actual, SecurityGroupIngress: kept('Ingress'), SecurityGroupEgress: kept('Egress') };
    }
    case 'AWS::IAM::Role': {
      const inline = attachedTo(records, 'AWS::IAM::Policy', 'Roles', id).map((one) => one.properties.PolicyName);
      const managed = attachedTo(records, 'AWS::IAM::ManagedPolicy', 'Roles', id).map((one) => one.physicalId);
      const Policies = itemsOf(actual.Policies).filter(
        (policy) => !inline.some((name) => isObject(policy) && sameValue(policy.PolicyName, name)),
      );
      const ManagedPolicyArns = itemsOf(actual.ManagedPolicyArns).filter((arn) => !managed.includes(scalarText(arn)));
      return { ...actual, Policies, ManagedPolicyArns };
    }
    case 'AWS::AutoScaling::AutoScalingGroup': {
      const hooks = attachedTo(records, 'AWS::AutoScaling::LifecycleHook', 'AutoScalingGroupName', id);
      const names = hooks.map((hook) => hook.physicalId);
      const LifecycleHookSpecificationList = itemsOf(actual.LifecycleHookSpecificationList).filter(
        (hook) => !(isObject(hook) && names.includes(scalarText(hook.LifecycleHookName))),
      );
      return { ...actual, LifecycleHookSpecificationList };
    }
    default:
      return actual;
  }
}
