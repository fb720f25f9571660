/** The type of stacks, as resources of others and in their own events. */
export const STACK_TYPE = 'AWS::CloudFormation::Stack';
