/** A value of a template or of a resolved property: JSON, as YAML and JSON both give it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface ParameterDeclaration {
  readonly type: string;
  readonly default?: string;
  readonly noEcho: boolean;
  readonly description?: string;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export type RetentionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';

export interface ResourceDeclaration {
  readonly type: string;
  readonly condition?: string;
  readonly properties: JsonObject;
  readonly metadata?: Json;
  readonly dependsOn: readonly string[];
  readonly creationPolicy?: JsonObject;
  readonly updatePolicy?: JsonObject;
  readonly deletionPolicy?: Json;
  readonly updateReplacePolicy?: Json;
}

export interface OutputDeclaration {
  readonly value: Json;
  readonly description?: string;
  readonly exportName?: Json;
  readonly condition?: string;
}

/** A template whose structure has been checked; intrinsic functions are in their long form. */
export interface Template {
  readonly format: 'json' | 'yaml';
  readonly description?: string;
  readonly metadata?: JsonObject;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: JsonObject;
  readonly conditions: ReadonlyMap<string, Json>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A scalar as CloudFormation passes it on: numbers and booleans are text to it. */
export const scalarText = (value: Json | undefined): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;

/** Whether two values are the same to CloudFormation, to which `1` and `"1"`, `true` and `"true"` are. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  const [textA, textB] = [scalarText(a), scalarText(b)];
  if (textA !== undefined || textB !== undefined) return textA === textB;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}
