interface Shape {
  readonly pattern: RegExp;
  /** What a value has to be, for a sentence: `has to be …`. */
  readonly what: string;
}

const NUMBER: Shape = { pattern: /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/, what: 'a number' };

/** "Supplied parameter types", CloudFormation User Guide. Ids have 8 or 17 hexadecimal digits. */
const SHAPES: Readonly<Record<string, Shape>> = {
  Number: NUMBER,
  'AWS::EC2::AvailabilityZone::Name': {
    pattern: /^[a-z]{2,}(-[a-z0-9]+)+$/,
    what: 'an Availability Zone, such as eu-west-1a',
  },
  'AWS::EC2::Image::Id': id('ami', 'an AMI id'),
  'AWS::EC2::Instance::Id': id('i', 'an instance id'),
  'AWS::EC2::KeyPair::KeyName': { pattern: /^[\s\S]{1,255}$/, what: 'the name of a key pair' },
  'AWS::EC2::SecurityGroup::GroupName': { pattern: /^[\s\S]{1,255}$/, what: 'the name of a security group' },
  'AWS::EC2::SecurityGroup::Id': id('sg', 'a security group id'),
  'AWS::EC2::Subnet::Id': id('subnet', 'a subnet id'),
  'AWS::EC2::Volume::Id': id('vol', 'a volume id'),
  'AWS::EC2::VPC::Id': id('vpc', 'a VPC id'),
  'AWS::Route53::HostedZone::Id': { pattern: /^[A-Z0-9]{1,32}$/, what: 'a hosted zone id' },
  'AWS::SSM::Parameter::Name': ssmName(),
};

function id(prefix: string, what: string): Shape {
  return { pattern: new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), what: `${what}, such as ${prefix}-0a1b2c3d` };
}

function ssmName(): Shape {
  return { pattern: /^[a-zA-Z0-9_.\-/:]{1,2048}$/, what: 'the name of an SSM parameter, such as /golden/ecs/ami' };
}

/** What is wrong with a value for its parameter type. A type that is not known is left to CloudFormation. */
export function checkParameterType(type: string, value: string): string[] {
  if (type.startsWith('AWS::SSM::Parameter::Value<')) return mismatch(ssmName(), value);
  const itemType = /^List<(.+)>$/.exec(type)?.[1];
  if (itemType !== undefined) {
    const shape = shapeOf(itemType);
    return shape === undefined
      ? []
      : [...new Set(value.split(',').flatMap((item) => mismatch(shape, item.trim(), 'each item')))];
  }
  const shape = shapeOf(type);
  return shape === undefined ? [] : mismatch(shape, value);
}

function shapeOf(type: string): Shape | undefined {
  return Object.hasOwn(SHAPES, type) ? SHAPES[type] : undefined;
}

function mismatch({ pattern, what }: Shape, value: string, subject = 'it'): string[] {
  return pattern.test(value) ? [] : [`${subject} has to be ${what}`];
}
