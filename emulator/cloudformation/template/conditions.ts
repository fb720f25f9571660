import { validationError } from '../protocol/errors.ts';
import { resolve, type Scope } from './intrinsics.ts';
import { isObject, type Json, sameValue } from './model.ts';

const templateError = (message: string) => validationError(`Template error: ${message}`);

/**
 * The conditions of a template, decided when asked for.
 *
 * The scope must know parameters and mappings; conditions cannot refer to resources.
 */
export function createConditions(
  conditions: ReadonlyMap<string, Json>,
  scope: Omit<Scope, 'condition'>,
): (name: string) => boolean {
  const decided = new Map<string, boolean>();
  const deciding = new Set<string>();
  const full: Scope = { ...scope, condition: decide };

  function decide(name: string): boolean {
    const known = decided.get(name);
    if (known !== undefined) return known;
    const expression = conditions.get(name);
    if (expression === undefined) throw templateError(`unresolved condition dependency ${name} in Fn::If`);
    if (deciding.has(name)) throw validationError(`Template error: Circular dependency between conditions: ${name}`);
    deciding.add(name);
    const value = evaluate(expression);
    deciding.delete(name);
    decided.set(name, value);
    return value;
  }

  function operands(name: string, argument: Json, minimum: number, maximum: number): Json[] {
    if (!Array.isArray(argument) || argument.length < minimum || argument.length > maximum)
      throw templateError(
        minimum === maximum
          ? `every ${name} object requires ${minimum === 1 ? 'one boolean parameter' : 'a list of 2 string parameters'}.`
          : `every ${name} object requires a list of at least ${minimum} and at most ${maximum} boolean parameters.`,
      );
    return argument;
  }

  function evaluate(expression: Json): boolean {
    if (!isObject(expression)) return String(expression).toLowerCase() === 'true';
    const [name, argument] = Object.entries(expression)[0] ?? [];
    switch (name) {
      case 'Condition':
        return decide(String(argument));
      case 'Fn::Equals': {
        const [left, right] = operands(name, argument ?? null, 2, 2).map((item) => resolve(item, full));
        return sameValue(left, right);
      }
      case 'Fn::And':
        return operands(name, argument ?? null, 2, 10).every(evaluate);
      case 'Fn::Or':
        return operands(name, argument ?? null, 2, 10).some(evaluate);
      case 'Fn::Not':
        return !operands(name, argument ?? null, 1, 1).every(evaluate);
      default:
        return String(resolve(expression, full)).toLowerCase() === 'true';
    }
  }

  return decide;
}
