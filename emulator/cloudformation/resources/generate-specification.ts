/**
 * Writes specification.generated.json: what AWS's published resource specification says of the types that the local
 * AWS knows. The whole specification takes 0.4 s and 200 MB to load, which a local AWS cannot spend at each start.
 *
 * Run it after adding a type or updating @aws-cdk/aws-service-spec: node emulator/cloudformation/resources/generate-specification.ts
 */
import { writeFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';
import type { PropertyFacts, Specification, TypeFacts, ValueType } from './specification.ts';

const TYPES = [
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::AutoScaling::LaunchConfiguration',
  'AWS::AutoScaling::LifecycleHook',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::AutoScaling::ScheduledAction',
  'AWS::CloudFormation::CustomResource',
  'AWS::CloudFormation::Stack',
  'AWS::CloudFormation::WaitCondition',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::EC2::EIP',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::NatGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECS::CapacityProvider',
  'AWS::ECS::Cluster',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SSM::Parameter',
] as const;

/** The facts of the listed types, read from the installed specification. */
export function readSpecification(): Specification {
  const database = loadAwsServiceSpecSync();
  const objects: Record<string, Record<string, PropertyFacts>> = {};
  const types: Record<string, TypeFacts> = {};
  for (const type of TYPES) {
    const resource = database.lookup('resource', 'cloudFormationType', 'equals', type).only();
    types[type] = {
      identifier: resource.primaryIdentifier ?? [],
      attributes: Object.keys(resource.attributes).sort(),
      properties: factsOf(database, resource.properties, objects),
    };
  }
  return { types, objects };
}

function factsOf(
  database: SpecDatabase,
  properties: Readonly<Record<string, Property>>,
  objects: Record<string, Record<string, PropertyFacts>>,
): Record<string, PropertyFacts> {
  const facts: Record<string, PropertyFacts> = {};
  for (const [name, property] of Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))) {
    facts[name] = {
      type: valueType(database, property.type, objects),
      ...(property.required ? { required: true } : {}),
      ...(property.causesReplacement && property.causesReplacement !== 'no'
        ? { replacement: property.causesReplacement }
        : {}),
    };
  }
  return facts;
}

function valueType(
  database: SpecDatabase,
  type: PropertyType,
  objects: Record<string, Record<string, PropertyFacts>>,
): ValueType {
  switch (type.type) {
    case 'array':
      return { array: valueType(database, type.element, objects) };
    case 'map':
      return { map: valueType(database, type.element, objects) };
    case 'union':
      return { union: type.types.map((one) => valueType(database, one, objects)) };
    case 'ref': {
      const definition = database.get('typeDefinition', type.reference);
      const id = `${definition.name}.${definition.$id}`;
      if (!objects[id]) {
        objects[id] = {};
        objects[id] = factsOf(database, definition.properties, objects);
      }
      return { object: id };
    }
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'json':
    case 'date-time':
    case 'tag':
      return type.type;
    case 'null':
      return 'json';
    default: {
      const unknown: never = type;
      throw new Error(`The specification has a property type that is not known here: ${JSON.stringify(unknown)}`);
    }
  }
}

if (import.meta.main) {
  const path = new URL('./specification.generated.json', import.meta.url);
  writeFileSync(path, `${JSON.stringify(readSpecification())}\n`);
}
