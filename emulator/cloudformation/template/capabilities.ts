import { CloudFormationError } from '../protocol/errors.ts';
import type { Template } from './model.ts';

/** CloudFormation API Reference, CreateChangeSet: the types that need an acknowledgement, and their name property. */
const NAME_PROPERTY: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::AccessKey': undefined,
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': undefined,
};

export interface NeededCapability {
  readonly capability: 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM';
  readonly types: readonly string[];
  readonly reason: string;
}

/** What the template needs to be acknowledged, or undefined. */
export function neededCapability(template: Template): NeededCapability | undefined {
  const resources = [...template.resources.values()].filter(({ type }) => Object.hasOwn(NAME_PROPERTY, type));
  if (resources.length === 0) return undefined;
  const isNamed = resources.some(({ type, properties }) => {
    const name = NAME_PROPERTY[type];
    return name !== undefined && Object.hasOwn(properties, name);
  });
  const types = [...new Set(resources.map(({ type }) => type))];
  return {
    capability: isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM',
    types,
    reason: `The following resource(s) require capabilities: [${types.join(', ')}]`,
  };
}

/** Errors: InsufficientCapabilitiesException `Requires capabilities : [CAPABILITY_NAMED_IAM]`. */
export function requireCapabilities(template: Template, given: readonly string[]): void {
  const needed = neededCapability(template)?.capability;
  if (needed === undefined || given.includes('CAPABILITY_NAMED_IAM') || given.includes(needed)) return;
  throw new CloudFormationError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
}
