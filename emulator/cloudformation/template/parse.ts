import { validationError } from '../protocol/errors.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  type OutputDeclaration,
  type ParameterDeclaration,
  type ResourceDeclaration,
  scalarText,
  type Template,
} from './model.ts';
import { parseTemplateText } from './text.ts';

const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
  'Hooks',
]);

const RESOURCE_MEMBERS = new Set([
  'Type',
  'Properties',
  'Metadata',
  'DependsOn',
  'Condition',
  'CreationPolicy',
  'UpdatePolicy',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Description',
]);

const PARAMETER_TYPE =
  /^(String|Number|CommaDelimitedList|List<(String|Number|AWS::[A-Za-z0-9]+::[A-Za-z0-9:]+)>|AWS::[A-Za-z0-9]+::[A-Za-z0-9:]+|AWS::SSM::Parameter::Value<.+>)$/;

const formatError = (message: string) => validationError(`Template format error: ${message}`);

function section(document: JsonObject, name: string): [string, Json][] {
  const value = document[name];
  if (value === undefined) return [];
  if (!isObject(value)) throw formatError(`${name} must be an object.`);
  return Object.entries(value);
}

function requireAlphanumeric(kind: string, name: string): void {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw formatError(`${kind} name ${name} is non alphanumeric.`);
}

function integer(value: Json | undefined): number | undefined {
  const text = scalarText(value);
  return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

function parameter(name: string, value: Json): ParameterDeclaration {
  requireAlphanumeric('Parameter', name);
  if (!isObject(value)) throw formatError('Any Parameters member must be an object.');
  const type = scalarText(value.Type);
  if (type === undefined) throw formatError('Every Parameters object must contain a Type member.');
  if (!PARAMETER_TYPE.test(type)) throw formatError(`Unrecognized parameter type: ${type}`);
  const fallback = value.Default === undefined ? undefined : scalarText(value.Default);
  if (value.Default !== undefined && fallback === undefined)
    throw formatError('Every Default member must be a string.');
  const texts = {
    default: fallback,
    description: scalarText(value.Description),
    allowedPattern: scalarText(value.AllowedPattern),
    constraintDescription: scalarText(value.ConstraintDescription),
  };
  const numbers = {
    minLength: integer(value.MinLength),
    maxLength: integer(value.MaxLength),
    minValue: integer(value.MinValue),
    maxValue: integer(value.MaxValue),
  };
  const allowedValues = Array.isArray(value.AllowedValues)
    ? value.AllowedValues.flatMap((item) => scalarText(item) ?? [])
    : undefined;
  return {
    type,
    noEcho: scalarText(value.NoEcho)?.toLowerCase() === 'true',
    ...defined(texts),
    ...defined(numbers),
    ...(allowedValues && { allowedValues }),
  };
}

/** The members that have a value. */
function defined<T>(members: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, T] => entry[1] !== undefined));
}

function policy(name: string, id: string, value: Json | undefined): { [key: string]: JsonObject } {
  if (value === undefined) return {};
  if (!isObject(value)) throw formatError(`[/Resources/${id}/${name}] '${name}' must be an object.`);
  return { [`${name[0]?.toLowerCase()}${name.slice(1)}`]: value };
}

function resource(id: string, value: Json): ResourceDeclaration {
  requireAlphanumeric('Resource', id);
  if (!isObject(value)) throw formatError('Any Resources member must be an object.');
  const type = scalarText(value.Type);
  if (type === undefined) throw formatError(`[/Resources/${id}] Every Resources object must contain a Type member.`);
  for (const member of Object.keys(value))
    if (!RESOURCE_MEMBERS.has(member)) throw validationError(`Invalid template resource property '${member}'`);
  const properties = value.Properties ?? {};
  if (!isObject(properties)) throw formatError(`[/Resources/${id}/Properties] 'Properties' must be an object.`);
  const dependsOn = value.DependsOn ?? [];
  const dependencies = (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map((item) => {
    const text = scalarText(item);
    if (text === undefined) throw formatError('DependsOn must be a string or list of strings.');
    return text;
  });
  const condition = scalarText(value.Condition);
  return {
    type,
    properties,
    dependsOn: dependencies,
    ...(condition !== undefined && { condition }),
    ...(value.Metadata !== undefined && { metadata: value.Metadata }),
    ...(value.DeletionPolicy !== undefined && { deletionPolicy: value.DeletionPolicy }),
    ...(value.UpdateReplacePolicy !== undefined && { updateReplacePolicy: value.UpdateReplacePolicy }),
    ...policy('CreationPolicy', id, value.CreationPolicy),
    ...policy('UpdatePolicy', id, value.UpdatePolicy),
  };
}

function output(name: string, value: Json): OutputDeclaration {
  requireAlphanumeric('Output', name);
  if (!isObject(value) || value.Value === undefined)
    throw formatError('Every Outputs member must contain a Value object');
  const description = scalarText(value.Description);
  const condition = scalarText(value.Condition);
  const exported = isObject(value.Export) ? value.Export.Name : undefined;
  if (value.Export !== undefined && exported === undefined)
    throw formatError(`Output ${name} is malformed. The Name field of every Export member must be specified.`);
  return {
    value: value.Value,
    ...(description !== undefined && { description }),
    ...(condition !== undefined && { condition }),
    ...(exported !== undefined && { exportName: exported }),
  };
}

function mappings(document: JsonObject): JsonObject {
  const entries = section(document, 'Mappings');
  for (const [name, map] of entries) {
    if (!isObject(map)) throw formatError(`Every Mappings member ${name} must be a map`);
    for (const level of Object.values(map)) {
      if (!isObject(level)) throw formatError('Every Mappings attribute must be a String or a List.');
      if (Object.values(level).some(isObject))
        throw formatError('Every Mappings attribute must be a String or a List.');
    }
  }
  return Object.fromEntries(entries);
}

/**
 * A template from its text, structure checked.
 *
 * Errors: ValidationError with `Template format error: …`, `Invalid template property or properties […]` and the like.
 */
export function parseTemplate(text: string): Template {
  const { format, document } = parseTemplateText(text);
  const unknown = Object.keys(document).filter((name) => !SECTIONS.has(name));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const version = document.AWSTemplateFormatVersion;
  if (version !== undefined && version !== '2010-09-09')
    throw formatError(`${scalarText(version) ?? 'value'} is not a supported value for AWSTemplateFormatVersion.`);
  for (const name of ['Transform', 'Rules', 'Hooks'] as const)
    if (document[name] !== undefined)
      throw validationError(`This local AWS does not support the template section ${name}.`);
  const description = document.Description;
  if (description !== undefined && typeof description !== 'string')
    throw formatError('Template-level description must be a string.');
  const resources = section(document, 'Resources');
  if (resources.length === 0) throw formatError('At least one Resources member must be defined.');
  if (resources.length > 500)
    throw formatError(`Number of resources, ${resources.length}, is greater than maximum allowed, 500`);
  return {
    format,
    ...(description !== undefined && { description }),
    ...(isObject(document.Metadata) && { metadata: document.Metadata }),
    parameters: new Map(section(document, 'Parameters').map(([name, value]) => [name, parameter(name, value)])),
    mappings: mappings(document),
    conditions: new Map(section(document, 'Conditions')),
    resources: new Map(resources.map(([id, value]) => [id, resource(id, value)])),
    outputs: new Map(section(document, 'Outputs').map(([name, value]) => [name, output(name, value)])),
  };
}
