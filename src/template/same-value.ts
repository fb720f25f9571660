import { asKept } from './compare.ts';
import { isListType, type ParameterDeclaration } from './template.ts';

/**
 * Whether the value that CloudFormation tells of a parameter is the one that is wanted: it trims the items of a list, and
 * may keep a character beyond ASCII as a question mark.
 */
export function isSameValue({ type }: Pick<ParameterDeclaration, 'type'>, told: string, wanted: string): boolean {
  const plain = (text: string) => (isListType(type) ? trimmedItems(text) : text);
  return plain(told) === plain(wanted) || plain(told) === plain(asKept(wanted));
}

function trimmedItems(list: string): string {
  return list
    .split(',')
    .map((item) => item.trim())
    .join(',');
}
