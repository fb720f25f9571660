import { isObject, type Json, scalarText } from './model.ts';

export type Reference =
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly attribute: string }
  | { readonly kind: 'condition'; readonly name: string }
  | { readonly kind: 'import'; readonly name: Json };

/** `${Name}` and `${Name.Attribute}` in a Fn::Sub text; `${!Literal}` is none. */
export const SUB_VARIABLE = /\$\{(!?)([^}]*)\}/g;

/** The resource and attribute that a Fn::GetAtt names, in any of its shapes; undefined when it is none. */
export function attributeOf(argument: Json | undefined): { name: string; attribute: Json } | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot <= 0 || dot === argument.length - 1
      ? undefined
      : { name: argument.slice(0, dot), attribute: argument.slice(dot + 1) };
  }
  if (!Array.isArray(argument) || argument.length < 2) return undefined;
  const [name, ...rest] = argument;
  if (typeof name !== 'string' || name === '') return undefined;
  const attribute = rest.length === 1 ? rest[0] : rest.map((part) => scalarText(part) ?? '').join('.');
  return attribute === undefined || attribute === '' ? undefined : { name, attribute };
}

function* inSub(argument: Json, choose: Choose | undefined): Generator<Reference> {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, undefined];
  const own = isObject(variables) ? variables : {};
  if (typeof text === 'string') {
    for (const [, literal, variable = ''] of text.matchAll(SUB_VARIABLE)) {
      const name = variable.trim();
      if (literal === '!' || Object.hasOwn(own, name)) continue;
      const dot = name.indexOf('.');
      if (dot > 0) yield { kind: 'attribute', name: name.slice(0, dot), attribute: name.slice(dot + 1) };
      else yield { kind: 'ref', name };
    }
  }
  yield* referencesIn(own, choose);
}

/** Decides a condition, so that only the branch of Fn::If that is taken is looked at. */
export type Choose = (condition: string) => boolean;

/** Everything a value refers to; with `choose`, without the branches of Fn::If that are not taken. */
export function* referencesIn(value: Json | undefined, choose?: Choose): Generator<Reference> {
  if (Array.isArray(value)) {
    for (const item of value) yield* referencesIn(item, choose);
    return;
  }
  if (!isObject(value)) return;
  const [key, argument] = Object.entries(value).length === 1 ? (Object.entries(value)[0] ?? []) : [];
  if (key === 'Ref' && typeof argument === 'string') {
    yield { kind: 'ref', name: argument };
  } else if (key === 'Fn::GetAtt') {
    const target = attributeOf(argument);
    if (target !== undefined) {
      yield { kind: 'attribute', name: target.name, attribute: scalarText(target.attribute) ?? '' };
      yield* referencesIn(target.attribute, choose);
    }
  } else if (key === 'Fn::Sub' && argument !== undefined) {
    yield* inSub(argument, choose);
  } else if (key === 'Fn::ImportValue' && argument !== undefined) {
    yield { kind: 'import', name: argument };
    yield* referencesIn(argument, choose);
  } else if (key === 'Fn::If' && Array.isArray(argument)) {
    const [condition, whenTrue, whenFalse] = argument;
    const name = scalarText(condition) ?? '';
    yield { kind: 'condition', name };
    if (choose === undefined) {
      yield* referencesIn(whenTrue, choose);
      yield* referencesIn(whenFalse, choose);
    } else {
      yield* referencesIn(choose(name) ? whenTrue : whenFalse, choose);
    }
  } else {
    for (const item of Object.values(value)) yield* referencesIn(item, choose);
  }
}

/** Whether a value uses the function anywhere. */
export function usesFunction(value: Json | undefined, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => usesFunction(item, name));
  if (!isObject(value)) return false;
  return Object.hasOwn(value, name) || Object.values(value).some((item) => usesFunction(item, name));
}
