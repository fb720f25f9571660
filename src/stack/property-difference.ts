import type { PropertyDifference as SdkDifference } from '@aws-sdk/client-cloudformation';
import type { PropertyDifference } from './drift-model.ts';
import { parseJson } from './json-text.ts';
import type { Json } from './planned-model.ts';

/** One difference as CloudFormation tells it: a JSON pointer, and two texts that are JSON where the value is no text. */
export function differenceOf({
  PropertyPath = '',
  ExpectedValue,
  ActualValue,
  DifferenceType,
}: SdkDifference): PropertyDifference {
  const path = PropertyPath.split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [expected, actual] = [valueOfText(ExpectedValue), valueOfText(ActualValue)];
  switch (DifferenceType) {
    case 'ADD':
      return { path, kind: 'added', ...(actual !== undefined && { actual }) };
    case 'REMOVE':
      return { path, kind: 'removed', ...(expected !== undefined && { expected }) };
    default:
      return {
        path,
        kind: 'changed',
        ...(expected !== undefined && { expected }),
        ...(actual !== undefined && { actual }),
      };
  }
}

/** `null` is a side that there is none of. */
function valueOfText(text: string | undefined): Json | undefined {
  if (text === undefined || text === 'null') return undefined;
  if (!/^\s*[[{]/.test(text)) return text;
  return parseJson(text) ?? text;
}
