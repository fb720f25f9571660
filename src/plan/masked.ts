import type { StackParameter } from '../stack/model.ts';

/** In place of the value of a NoEcho parameter CloudFormation shows asterisks (User Guide, "Parameters", NoEcho). */
export function isMasked({ value }: StackParameter): boolean {
  return /^\*+$/.test(value);
}

/** Parameters that the deployed template keeps secret, as the live stack shows. */
export function maskedNames(parameters: Readonly<Record<string, StackParameter>>): string[] {
  return Object.entries(parameters).flatMap(([name, parameter]) => (isMasked(parameter) ? [name] : []));
}
