import { validationError } from '../protocol/errors.ts';
import type { Json, ParameterDeclaration, Template } from './model.ts';
import { isKnown } from './unknown.ts';

/** What a request says of one parameter. */
export interface GivenParameter {
  readonly key: string;
  readonly value?: string;
  readonly usePrevious: boolean;
}

/** What a stack holds of one parameter. */
export interface ParameterValue {
  readonly key: string;
  readonly type: string;
  readonly noEcho: boolean;
  readonly value: string;
  /** What Systems Manager had under the name that `value` is, when the change set or stack was asked for. */
  readonly resolved?: string;
}

export type ParameterValues = ReadonlyMap<string, ParameterValue>;

/** The type that an SSM parameter's value has, or undefined when the type is none of those. */
export const ssmValueType = (type: string) => /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];

const isListType = (type: string) => type === 'CommaDelimitedList' || type.startsWith('List<');

const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));

function violation(key: string, value: string, declaration: ParameterDeclaration): string | undefined {
  const { type, allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue } = declaration;
  const items = isListType(type) ? value.split(',').map((item) => item.trim()) : [value];
  const numeric = type === 'Number' || type === 'List<Number>';
  if (numeric && !items.every(isNumber)) return `Parameter '${key}' must be a number.`;
  if (allowedValues && !items.every((item) => allowedValues.includes(item)))
    return `Parameter '${key}' must be one of AllowedValues`;
  if (allowedPattern !== undefined && !items.every((item) => new RegExp(`^(?:${allowedPattern})$`).test(item)))
    return `Parameter '${key}' must match pattern ${allowedPattern}`;
  if (minLength !== undefined && value.length < minLength)
    return `Parameter '${key}' must contain at least ${minLength} characters`;
  if (maxLength !== undefined && value.length > maxLength)
    return `Parameter '${key}' must contain at most ${maxLength} characters`;
  if (minValue !== undefined && numeric && items.some((item) => Number(item) < minValue))
    return `Parameter '${key}' must be a number not less than ${minValue}`;
  if (maxValue !== undefined && numeric && items.some((item) => Number(item) > maxValue))
    return `Parameter '${key}' must be a number not greater than ${maxValue}`;
  return undefined;
}

function checkConstraints(key: string, value: string, declaration: ParameterDeclaration): void {
  if (!isKnown(value)) return;
  if (Buffer.byteLength(value) > 4096) throw validationError(`Parameter '${key}' must be at most 4096 bytes`);
  const found = violation(key, value, declaration);
  if (found === undefined) return;
  const described = declaration.constraintDescription;
  throw validationError(
    described === undefined ? found : `Parameter '${key}' failed to satisfy constraint: ${described}`,
  );
}

/**
 * The value of each of the template's parameters: the request's, the previous one where it says so, else the default.
 *
 * Errors: ValidationError `Parameters: [X] must have values`, `Parameters: [X] do not exist in the template`, and the
 * constraints' messages.
 */
export function chooseParameters(
  template: Template,
  given: readonly GivenParameter[],
  previous: ParameterValues | undefined,
): Map<string, ParameterValue> {
  const unknown = given.filter(({ key }) => !template.parameters.has(key)).map(({ key }) => key);
  if (unknown.length > 0) throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const byKey = new Map(given.map((parameter) => [parameter.key, parameter]));
  const missing: string[] = [];
  const values = new Map<string, ParameterValue>();
  for (const [key, declaration] of template.parameters) {
    const asked = byKey.get(key);
    if (asked?.usePrevious && !previous?.has(key))
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    const value = asked?.usePrevious ? previous?.get(key)?.value : (asked?.value ?? declaration.default);
    if (value === undefined) missing.push(key);
    else values.set(key, { key, type: declaration.type, noEcho: declaration.noEcho, value });
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  for (const [key, declaration] of template.parameters)
    checkConstraints(key, values.get(key)?.value ?? '', declaration);
  return values;
}

/** What `Ref` of the parameter gives: text, or a list for the list types. */
export function parameterReference(parameter: ParameterValue): Json {
  const value = parameter.resolved ?? parameter.value;
  if (!isListType(ssmValueType(parameter.type) ?? parameter.type)) return value;
  return value === '' ? [] : value.split(',').map((item) => item.trim());
}

/**
 * The parameters with the values that Systems Manager holds for those of type AWS::SSM::Parameter::Value<…>.
 *
 * Errors: ValidationError `Unable to fetch parameters [X] from parameter store for this account.`
 */
export async function resolveStoredValues(
  values: ParameterValues,
  fetch: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<Map<string, ParameterValue>> {
  const wanted = [...values.values()].filter(({ type, value }) => ssmValueType(type) !== undefined && isKnown(value));
  if (wanted.length === 0) return new Map(values);
  const names = [...new Set(wanted.map(({ value }) => value))];
  const found = await fetch(names);
  const absent = names.filter((name) => !found.has(name));
  if (absent.length > 0)
    throw validationError(`Unable to fetch parameters [${absent.join(',')}] from parameter store for this account.`);
  const resolved = new Map(values);
  for (const parameter of wanted) {
    const stored = found.get(parameter.value);
    if (stored !== undefined) resolved.set(parameter.key, { ...parameter, resolved: stored });
  }
  return resolved;
}
