import { typeFacts } from '../resources/specification.ts';

/** The properties that identify a resource of the type to an import: its primary identifier. */
export const identifierOf = (type: string): readonly string[] => typeFacts(type)?.identifier ?? [];

/** AWS's answer for AWS::SSM::Parameter, recorded in ministackorg/ministack, tests/test_cfn_import_change_set.py. */
export const notThere = (type: string, identifier: string) =>
  `Resource of type '${type}' with identifier '${identifier}' was not found.`;
