import { isObject, type Json, type JsonObject, scalarText } from '../template/model.ts';

const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };
const WITH_PORTS = ['icmp', 'icmpv6', 'tcp', 'udp'];

/** Protocols by name in lower case; ports only where the protocol has them. */
function rule(value: Json): Json {
  if (!isObject(value)) return value;
  const given = (scalarText(value.IpProtocol) ?? '').toLowerCase();
  const IpProtocol = PROTOCOLS[given] ?? given;
  const { FromPort: _from, ToPort: _to, ...others } = value;
  return { ...(WITH_PORTS.includes(IpProtocol) ? value : others), IpProtocol };
}

const rules = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value.map(rule) : value);

/** An Auto Scaling group by its name, which its ARN ends with. */
function groupName(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value;
  const arn = scalarText(value.AutoScalingGroupArn);
  return arn === undefined
    ? value
    : { ...value, AutoScalingGroupArn: arn.split('autoScalingGroupName/').at(-1) ?? arn };
}

const changedMembers = (value: JsonObject, change: Readonly<Record<string, (item: Json) => Json | undefined>>) => {
  const changed: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const after = change[name] ? change[name](item) : item;
    if (after !== undefined) changed[name] = after;
  }
  return changed;
};

/**
 * Properties with one spelling for what means the same, as the `propertyTransform` of the types' schemas has it
 * (CloudFormation CLI User Guide, "Preventing false drift detection results for resource types").
 */
export function transformed(type: string, properties: JsonObject): JsonObject {
  switch (type) {
    case 'AWS::EC2::SecurityGroup':
      return changedMembers(properties, { SecurityGroupIngress: rules, SecurityGroupEgress: rules });
    case 'AWS::EC2::SecurityGroupIngress':
    case 'AWS::EC2::SecurityGroupEgress': {
      const one = rule(properties);
      return isObject(one) ? one : properties;
    }
    case 'AWS::ECS::CapacityProvider':
      return changedMembers(properties, { AutoScalingGroupProvider: groupName });
    case 'AWS::EC2::EIP':
      return changedMembers(properties, { Domain: () => 'vpc' });
    default:
      return properties;
  }
}
