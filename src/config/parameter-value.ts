import { listOf } from '../did-you-mean.ts';
import { LIMITS } from '../template/limits.ts';
import { isListType, type ParameterDeclaration } from '../template/template.ts';
import type { Finding } from '../types.ts';
import { matchAll } from './allowed-pattern.ts';
import { checkParameterType } from './parameter-type.ts';
import { findingAt, type Place } from './place.ts';

/**
 * Checks a value against its declaration as CloudFormation will. Used offline for what the files say, and again for
 * what exports and SSM parameters turn out to hold. The value of a NoEcho parameter is in no finding.
 */
export function checkParameterValue(declaration: ParameterDeclaration, value: string, place: Place): Finding[] {
  const { name, constraintDescription: described } = declaration;
  const bytes = Buffer.byteLength(value);
  const problems =
    bytes > LIMITS.parameterValueBytes
      ? [`it has ${bytes} bytes, and CloudFormation takes ${LIMITS.parameterValueBytes} at most`]
      : value.includes('{{resolve:')
        ? []
        : constraintProblems(declaration, value);
  if (problems.length === 0) return patternUnknown(declaration, value, place);
  const shown = declaration.noEcho ? `The value of ${name}` : `${name} is ${quoted(value)}, which`;
  const message = `${shown} cannot be used: ${problems.join('; ')}.`;
  return [findingAt(place, 'error', `Parameter ${name} is wrong`, message, described)];
}

function quoted(value: string): string {
  return value.length > 100 ? `'${value.slice(0, 100)}…'` : `'${value}'`;
}

function constraintProblems(declaration: ParameterDeclaration, value: string): string[] {
  return [
    ...checkParameterType(declaration.type, value),
    ...allowedValues(declaration, value),
    ...allowedPattern(declaration, value),
    ...length(declaration, value),
    ...range(declaration, value),
  ];
}

/** A constraint on a list holds for each of its items. */
function itemsOf({ type }: ParameterDeclaration, value: string): string[] {
  return isListType(type) ? value.split(',').map((item) => item.trim()) : [value];
}

function allowedValues(declaration: ParameterDeclaration, value: string): string[] {
  const { allowedValues: allowed, type } = declaration;
  if (allowed === undefined) return [];
  const numeric = type === 'Number' || type === 'List<Number>';
  const isAllowed = (item: string) =>
    allowed.some((choice) => choice === item || (numeric && Number(choice) === Number(item)));
  return itemsOf(declaration, value).every(isAllowed) ? [] : [`the template allows ${listOf(allowed)}`];
}

function allowedPattern(declaration: ParameterDeclaration, value: string): string[] {
  const { allowedPattern: pattern } = declaration;
  if (pattern === undefined) return [];
  return matchAll(pattern, itemsOf(declaration, value)) === 'no'
    ? [`it does not match the template's AllowedPattern ${pattern}`]
    : [];
}

function patternUnknown(declaration: ParameterDeclaration, value: string, place: Place): Finding[] {
  const { allowedPattern: pattern, name } = declaration;
  if (pattern === undefined || value.includes('{{resolve:')) return [];
  if (matchAll(pattern, itemsOf(declaration, value)) !== 'unknown') return [];
  const message = `The AllowedPattern of ${name} could not be tried here: ${pattern} is too slow for this value, or uses what only CloudFormation's regular expressions have.`;
  return [findingAt(place, 'warning', 'A pattern was not checked', message, 'CloudFormation will check it.')];
}

/** Characters may be counted as code points or as UTF-16 units: only a length that is wrong both ways is told. */
function length({ minLength, maxLength }: ParameterDeclaration, value: string): string[] {
  const points = [...value].length;
  if (minLength !== undefined && Math.max(value.length, points) < minLength) {
    return [`it has ${points} characters, and the template's MinLength is ${minLength}`];
  }
  if (maxLength !== undefined && Math.min(value.length, points) > maxLength) {
    return [`it has ${points} characters, and the template's MaxLength is ${maxLength}`];
  }
  return [];
}

function range({ type, minValue, maxValue }: ParameterDeclaration, value: string): string[] {
  if (type !== 'Number' && type !== 'List<Number>') return [];
  const numbers = value.split(',').map(Number);
  if (minValue !== undefined && numbers.some((number) => number < minValue))
    return [`the template's MinValue is ${minValue}`];
  if (maxValue !== undefined && numbers.some((number) => number > maxValue))
    return [`the template's MaxValue is ${maxValue}`];
  return [];
}
