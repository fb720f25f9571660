import type { PropertyDifference as SdkDifference } from '@aws-sdk/client-cloudformation';
import type { PropertyDifference } from './drift-model.ts';
import type { Json, JsonObject } from './planned-model.ts';

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
  return parsed(text) ?? text;
}

/** ExpectedProperties and ActualProperties are JSON; undefined where they are missing or no mapping. */
export function propertiesOf(text: string | undefined): JsonObject | undefined {
  const data = text === undefined ? undefined : parsed(text);
  return isObject(data) ? data : undefined;
}

function isObject(data: Json | undefined): data is JsonObject {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function parsed(text: string): Json | undefined {
  try {
    const data: Json = JSON.parse(text);
    return data;
  } catch {
    return undefined;
  }
}
