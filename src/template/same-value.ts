import { isListType } from './resolve.ts';
import type { ParameterDeclaration } from './template.ts';

/** Whether two values of a parameter are the same to CloudFormation, which trims the items of a list. */
export function isSameValue({ type }: Pick<ParameterDeclaration, 'type'>, a: string, b: string): boolean {
  return isListType(type) ? trimmedItems(a) === trimmedItems(b) : a === b;
}

function trimmedItems(list: string): string {
  return list
    .split(',')
    .map((item) => item.trim())
    .join(',');
}
