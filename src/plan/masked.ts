import type { StackParameter } from '../stack/model.ts';

/** In place of the value of a NoEcho parameter CloudFormation shows asterisks (User Guide, "Parameters", NoEcho). */
export function isMasked({ value }: StackParameter): boolean {
  return /^\*+$/.test(value);
}

/** Parameters that the deployed template keeps secret, as the live stack shows. */
export function maskedNames(parameters: Readonly<Record<string, StackParameter>>): string[] {
  return Object.entries(parameters).flatMap(([name, parameter]) => (isMasked(parameter) ? [name] : []));
}

/** Parameters that are a dynamic reference in the live stack: what that stood for is secret, whatever they are now. */
export function dynamicNames(parameters: Readonly<Record<string, StackParameter>>): string[] {
  return Object.entries(parameters).flatMap(([name, { value }]) => (value.includes('{{resolve:') ? [name] : []));
}
