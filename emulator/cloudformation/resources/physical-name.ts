import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 12;

/** Twelve random letters and digits, as they end CloudFormation's generated names. */
export function randomSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/**
 * The name CloudFormation generates where the template gives none: stack name, logical id and a random suffix, the
 * first two cut until it fits the service's limit (CloudFormation User Guide, "Name type").
 */
export function physicalName(resource: { stackName: string; logicalId: string }, maximumLength: number): string {
  const room = maximumLength - SUFFIX_LENGTH - 2;
  const logicalId = resource.logicalId.slice(0, Math.max(room - resource.stackName.length, Math.floor(room / 2)));
  const stackName = resource.stackName.slice(0, room - logicalId.length);
  return `${stackName}-${logicalId}-${randomSuffix()}`;
}
