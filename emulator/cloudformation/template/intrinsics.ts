import { validationError } from '../protocol/errors.ts';
import { cidrBlocks } from './cidr.ts';
import { isObject, type Json, type JsonObject, scalarText } from './model.ts';
import { attributeOf, SUB_VARIABLE } from './references.ts';
import { isKnown, KNOWN_AFTER_APPLY } from './unknown.ts';

/** What intrinsic functions need to know of the world to become values. */
export interface Scope {
  /** The value of a parameter, pseudo parameter or resource; undefined when there is none of the name. */
  ref(name: string): Json | undefined;
  /** The value of a resource's attribute. Throws when there is none. */
  attribute(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  readonly mappings: JsonObject;
  importValue(name: string): Json;
  availabilityZones(region: string): Json;
}

/** What `Ref: AWS::NoValue` is until it vanishes from the map or list that holds it. */
const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = Json | typeof NO_VALUE;

const templateError = (message: string) => validationError(`Template error: ${message}`);

const JOIN_ERROR =
  'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.';
const SPLIT_ERROR =
  'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.';
const SELECT_ERROR = 'Fn::Select requires a list argument with two elements: an integer index and a list';
const SUB_ERROR =
  "one or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string";

function text(value: Resolved | undefined, error: string): string {
  const result = value === NO_VALUE ? undefined : scalarText(value);
  if (result === undefined) throw templateError(error);
  return result;
}

function pair(argument: Json, error: string): [Json, Json] {
  const [first, second] = Array.isArray(argument) ? argument : [];
  if (!Array.isArray(argument) || argument.length !== 2 || first === undefined || second === undefined)
    throw templateError(error);
  return [first, second];
}

type IntrinsicFunction = (argument: Json, scope: Scope) => Resolved;

function sub(argument: Json, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, undefined];
  if (typeof template !== 'string' || (variables !== undefined && !isObject(variables))) throw templateError(SUB_ERROR);
  const own = variables === undefined ? {} : resolve(variables, scope);
  return template.replace(SUB_VARIABLE, (_whole, literal: string, variable: string) => {
    if (literal === '!') return `\${${variable}}`;
    const name = variable.trim();
    if (isObject(own) && Object.hasOwn(own, name)) return text(own[name], SUB_ERROR);
    const dot = name.indexOf('.');
    const value = dot > 0 ? scope.attribute(name.slice(0, dot), name.slice(dot + 1)) : reference(name, scope);
    return text(Array.isArray(value) ? value.map((item) => scalarText(item) ?? '').join(',') : value, SUB_ERROR);
  });
}

function reference(name: string, scope: Scope): Resolved {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = scope.ref(name);
  if (value === undefined)
    throw validationError(
      `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
    );
  return value;
}

function findInMap(argument: Json, scope: Scope): Resolved {
  const parts = Array.isArray(argument) ? argument : [];
  const [map, top, second] = parts
    .slice(0, 3)
    .map((part) => text(step(part, scope), 'Fn::FindInMap keys must be strings'));
  if (map === undefined || top === undefined || second === undefined)
    throw templateError(
      'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  const named = scope.mappings[map];
  if (!isObject(named))
    throw templateError(`Mapping named '${map}' is not present in the 'Mappings' section of template.`);
  const level = named[top];
  const value = isObject(level) ? level[second] : undefined;
  if (value === undefined) throw templateError(`Unable to get mapping for ${map}::${top}::${second}`);
  return value;
}

function select(argument: Json, scope: Scope): Resolved {
  const [at, from] = pair(argument, SELECT_ERROR);
  const index = Number(text(step(at, scope), SELECT_ERROR));
  const list = step(from, scope);
  if (list === KNOWN_AFTER_APPLY) return list;
  if (!Array.isArray(list) || !Number.isInteger(index)) throw templateError(SELECT_ERROR);
  const value = list[index];
  if (value === undefined) throw templateError(`Fn::Select  cannot select nonexistent value at index ${index}`);
  return value;
}

function join(argument: Json, scope: Scope): string {
  const [delimiter, items] = pair(argument, JOIN_ERROR);
  const list = step(items, scope);
  if (typeof delimiter !== 'string' || !Array.isArray(list)) throw templateError(JOIN_ERROR);
  return list.map((item) => text(item, JOIN_ERROR)).join(delimiter);
}

/**
 * What a text that is not known yet splits into is no list, so that Fn::Join refuses it as in change sets of AWS
 * (LocalStack's recorded answers, test_change_set_fn_split.snapshot.json, test_fn_split_with_get_att).
 */
function split(argument: Json, scope: Scope): Json {
  const [delimiter, source] = pair(argument, SPLIT_ERROR);
  if (typeof delimiter !== 'string') throw templateError(SPLIT_ERROR);
  const whole = text(step(source, scope), SPLIT_ERROR);
  return isKnown(whole) ? whole.split(delimiter) : KNOWN_AFTER_APPLY;
}

function getAtt(argument: Json, scope: Scope): Resolved {
  const target = attributeOf(argument);
  const attribute = target && step(target.attribute, scope);
  if (target === undefined || typeof attribute !== 'string')
    throw templateError(
      'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  return scope.attribute(target.name, attribute);
}

function choose(argument: Json, scope: Scope): Resolved {
  const [condition, whenTrue, whenFalse] = Array.isArray(argument) ? argument : [];
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined)
    throw templateError('Fn::If requires a list argument with three elements: a condition name and two values');
  return step(scope.condition(condition) ? whenTrue : whenFalse, scope);
}

function cidr(argument: Json, scope: Scope): Json {
  const [block, count, bits] = Array.isArray(argument) ? argument.map((part) => step(part, scope)) : [];
  const number = (part: Resolved | undefined, fallback: number) =>
    part === undefined || part === NO_VALUE ? fallback : Number(scalarText(part));
  return cidrBlocks(text(block, 'Fn::Cidr requires an IP block'), number(count, Number.NaN), number(bits, 8));
}

/** Encoded, it could not be told any more that a part of the text is not known yet. */
function base64(argument: Json, scope: Scope): string {
  const plain = text(step(argument, scope), 'every Fn::Base64 object must have a String-typed value.');
  return isKnown(plain) ? Buffer.from(plain).toString('base64') : KNOWN_AFTER_APPLY;
}

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (argument, scope) => reference(text(argument, 'every Ref object must have a single String value.'), scope),
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Join': join,
  'Fn::Split': split,
  'Fn::Select': select,
  'Fn::FindInMap': findInMap,
  'Fn::If': choose,
  'Fn::Cidr': cidr,
  'Fn::Base64': base64,
  'Fn::ImportValue': (argument, scope) =>
    scope.importValue(text(step(argument, scope), 'the attribute in Fn::ImportValue must be a string')),
  'Fn::GetAZs': (argument, scope) =>
    scope.availabilityZones(text(step(argument, scope), 'Fn::GetAZs requires the name of a region')),
};

/** The single member of an object that is a function call: `{"Ref": …}` or `{"Fn::…": …}`. */
function call(value: JsonObject): [name: string, argument: Json] | undefined {
  const entries = Object.entries(value);
  const [entry] = entries;
  return entries.length === 1 && entry !== undefined && (entry[0] === 'Ref' || entry[0].startsWith('Fn::'))
    ? entry
    : undefined;
}

function step(value: Json, scope: Scope): Resolved {
  if (Array.isArray(value))
    return value.map((item) => step(item, scope)).filter((item): item is Json => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const called = call(value);
  if (called !== undefined) {
    const [name, argument] = called;
    const run = FUNCTIONS[name];
    if (run === undefined) throw validationError(`This local AWS does not support the function ${name}.`);
    return run(argument, scope);
  }
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const resolved = step(item, scope);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

/**
 * A value with its intrinsic functions carried out; what is AWS::NoValue is left out (null when it is the whole value).
 *
 * Errors: ValidationError in CloudFormation's words, and whatever the scope throws.
 */
export function resolve(value: Json, scope: Scope): Json {
  const result = step(value, scope);
  return result === NO_VALUE ? null : result;
}
