import type { Services } from '../../types.ts';
import { type ParameterValues, parameterReference, ssmValueType } from './parameters.ts';
import { isKnown } from './unknown.ts';

/** For each AWS-specific parameter type that is checked: which of the values exist. */
const LOOKUPS: Readonly<Record<string, (values: string[], services: Services) => Promise<(string | undefined)[]>>> = {
  'AWS::EC2::VPC::Id': async (VpcId, { ec2 }) =>
    ((await ec2.describeVpcs({ Filters: [{ Name: 'vpc-id', Values: VpcId }] })).Vpcs ?? []).map((vpc) => vpc.VpcId),
  'AWS::EC2::Subnet::Id': async (ids, { ec2 }) =>
    ((await ec2.describeSubnets({ Filters: [{ Name: 'subnet-id', Values: ids }] })).Subnets ?? []).map(
      (subnet) => subnet.SubnetId,
    ),
  'AWS::EC2::SecurityGroup::Id': async (ids, { ec2 }) =>
    ((await ec2.describeSecurityGroups({ Filters: [{ Name: 'group-id', Values: ids }] })).SecurityGroups ?? []).map(
      (group) => group.GroupId,
    ),
  'AWS::EC2::KeyPair::KeyName': async (names, { ec2 }) =>
    ((await ec2.describeKeyPairs({ Filters: [{ Name: 'key-name', Values: names }] })).KeyPairs ?? []).map(
      (key) => key.KeyName,
    ),
};

/**
 * The first parameter of an AWS-specific type whose value does not exist in the account, in CloudFormation's words;
 * undefined when all do. Images are not looked up.
 */
export async function missingValue(parameters: ParameterValues, services: Services): Promise<string | undefined> {
  for (const parameter of parameters.values()) {
    const type = (ssmValueType(parameter.type) ?? parameter.type).replace(/^List<(.+)>$/, '$1');
    const lookUp = LOOKUPS[type];
    if (lookUp === undefined) continue;
    const reference = parameterReference(parameter);
    const values = Array.isArray(reference) ? reference.map(String) : [String(reference)];
    if (values.length === 0 || !isKnown(reference)) continue;
    const existing = await lookUp(values, services);
    const absent = values.find((value) => !existing.includes(value));
    if (absent !== undefined)
      return `Parameter validation failed: parameter value ${absent} for parameter name ${parameter.key} does not exist`;
  }
  return undefined;
}
