import type { Value } from '../diff/model.ts';
import { type Data, isList, isRecord } from '../template/data.ts';
import { WITHHELD } from './model.ts';

/** What must not be told, and why. */
export interface Withholding {
  /** Why what a template's expression stands for must not be told; undefined when it may be. */
  expression(data: Data | undefined): string | undefined;
  /** The values of secret parameters, as far as this run knows them. */
  readonly values: readonly string[];
}

export interface Told {
  readonly value: Value;
  /** Why some of it, or all, was withheld. */
  readonly withheld?: string;
}

/** A secret shorter than this is not looked for inside of other texts: it would be found everywhere. */
const SHORTEST_PART = 4;

/**
 * A value with everything secret in it replaced by `WITHHELD`. `expression` is what the template has in its place: what
 * it says to be secret is, whatever the value looks like. Where the two are of another shape, as after a condition or a
 * transform, all of the value is withheld as soon as there is any secret in the expression.
 */
export function withhold(value: Value, expression: Data | undefined, rules: Withholding): Told {
  if (isLike(value, expression)) {
    if (isList(value)) {
      const items = value.map((item, index) => withhold(item, at(expression, index), rules));
      return told(
        items.map((item) => item.value),
        items,
      );
    }
    if (isRecord(value)) {
      const members = Object.entries(value).map(
        ([key, member]) => [key, withhold(member, at(expression, key), rules)] as const,
      );
      return told(
        Object.fromEntries(members.map(([key, member]) => [key, member.value])),
        members.map(([, member]) => member),
      );
    }
  }
  const reason = expression === undefined ? undefined : rules.expression(expression);
  if (reason !== undefined) return { value: WITHHELD, withheld: reason };
  return byText(value, rules);
}

function byText(value: Value, rules: Withholding): Told {
  if (isList(value)) {
    const items = value.map((item) => byText(item, rules));
    return told(
      items.map((item) => item.value),
      items,
    );
  }
  if (isRecord(value)) {
    const members = Object.entries(value).map(([key, member]) => [key, byText(member, rules)] as const);
    return told(
      Object.fromEntries(members.map(([key, member]) => [key, member.value])),
      members.map(([, member]) => member),
    );
  }
  const reason = typeof value === 'string' ? reasonInText(value, rules.values) : undefined;
  return reason === undefined ? { value } : { value: WITHHELD, withheld: reason };
}

/** Why a text must not be told: by what is in it. */
export function reasonInText(text: string, secrets: readonly string[]): string | undefined {
  if (text.includes('{{resolve:')) return 'it holds a dynamic reference';
  const found = secrets.some((secret) => (secret.length < SHORTEST_PART ? text === secret : text.includes(secret)));
  return found ? 'it holds the value of a NoEcho parameter' : undefined;
}

function told(value: Value, parts: readonly Told[]): Told {
  const withheld = parts.find((part) => part.withheld !== undefined)?.withheld;
  return { value, ...(withheld !== undefined && { withheld }) };
}

/** Whether the expression has a part for each part of the value: it is no function, and no condition dropped an item. */
function isLike(value: Value, expression: Data | undefined): boolean {
  if (isList(value)) return isList(expression) && expression.length === value.length;
  return isRecord(value) && isRecord(expression) && !isFunction(expression);
}

function isFunction(data: Data): boolean {
  const keys = isRecord(data) ? Object.keys(data) : [];
  return keys.some((key) => key.startsWith('Fn::') || (keys.length === 1 && (key === 'Ref' || key === 'Condition')));
}

function at(expression: Data | undefined, key: string | number): Data | undefined {
  if (isList(expression)) return expression[Number(key)];
  return isRecord(expression) && Object.hasOwn(expression, String(key)) ? expression[String(key)] : undefined;
}
