import type { SourceLocation } from '../types.ts';
import { type Data, type DataRecord, isList, isRecord, record, scalarText } from './data.ts';

export type TemplatePath = readonly (string | number)[];

/** A CloudFormation template that could be read. */
export interface Template {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
  /** What `text` weighs in UTF-8, which is what CloudFormation counts. */
  readonly bytes: number;
  /** Every intrinsic function in its long form. Mappings have no prototype. */
  readonly data: DataRecord;
  /** Where the deepest part of the path that exists is written: a key's line, or a list item's. */
  locate(path: TemplatePath): SourceLocation;
}

export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: DataRecord;
  readonly metadata: Data | undefined;
  readonly creationPolicy: Data | undefined;
  readonly updatePolicy: Data | undefined;
  /** Name of the condition under which it exists. */
  readonly condition: string | undefined;
}

const NOTHING = record([]);

/** A section of the template, empty when it is absent or no mapping. */
export function section(template: Template, name: string): DataRecord {
  const data = template.data[name];
  return isRecord(data) ? data : NOTHING;
}

/** Resources by logical id, in the template's order. */
export function resourcesOf(template: Template): ReadonlyMap<string, Resource> {
  const resources = new Map<string, Resource>();
  for (const [logicalId, data] of Object.entries(section(template, 'Resources'))) {
    if (!isRecord(data) || typeof data.Type !== 'string') continue;
    resources.set(logicalId, {
      logicalId,
      type: data.Type,
      properties: isRecord(data.Properties) ? data.Properties : NOTHING,
      metadata: data.Metadata,
      creationPolicy: data.CreationPolicy,
      updatePolicy: data.UpdatePolicy,
      condition: typeof data.Condition === 'string' ? data.Condition : undefined,
    });
  }
  return resources;
}

/** Whether any resource is a stack of its own. */
export function hasNestedStacks(template: Template): boolean {
  return [...resourcesOf(template).values()].some(({ type }) => type === 'AWS::CloudFormation::Stack');
}

/** Where each resource is defined, by logical id. */
export function resourceLocations(template: Template): Record<string, SourceLocation> {
  return Object.fromEntries([...resourcesOf(template).keys()].map((id) => [id, template.locate(['Resources', id])]));
}

export interface ParameterDeclaration {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

/** Parameters by name, in the template's order. */
export function parametersOf(template: Template): ReadonlyMap<string, ParameterDeclaration> {
  const parameters = new Map<string, ParameterDeclaration>();
  for (const [name, data] of Object.entries(section(template, 'Parameters'))) {
    if (isRecord(data)) parameters.set(name, declaration(name, data));
  }
  return parameters;
}

function declaration(name: string, data: DataRecord): ParameterDeclaration {
  const text = (key: string) => scalarText(data[key]);
  const number = (key: string) => {
    const written = text(key);
    return written === undefined || written.trim() === '' || Number.isNaN(Number(written))
      ? undefined
      : Number(written);
  };
  return {
    name,
    type: text('Type') ?? 'String',
    noEcho: text('NoEcho')?.toLowerCase() === 'true',
    ...given('default', data.Default === null ? '' : text('Default')),
    ...given(
      'allowedValues',
      isList(data.AllowedValues) ? data.AllowedValues.map((v) => scalarText(v) ?? '') : undefined,
    ),
    ...given('allowedPattern', text('AllowedPattern')),
    ...given('constraintDescription', text('ConstraintDescription')),
    ...given('minLength', number('MinLength')),
    ...given('maxLength', number('MaxLength')),
    ...given('minValue', number('MinValue')),
    ...given('maxValue', number('MaxValue')),
  };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  const result: { [K in Key]?: Value } = {};
  if (value !== undefined) result[key] = value;
  return result;
}

/**
 * The path that a CloudFormation ValidationPath (`/Resources/Group/Properties/MaxSize`) or a drift PropertyPath names,
 * for `locate`. JSON pointer escapes (`~0`, `~1`) are undone.
 */
export function pathOfPointer(pointer: string): string[] {
  return pointer
    .replace(/^#/, '')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether a parameter's value is a list, written with commas. */
export function isListType(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}
