import type { Place } from './place.ts';

/** What a user wrote for a parameter, before it is checked against the template. */
export type WrittenValue =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'previous' }
  | { readonly kind: 'import'; readonly exportName: string }
  | { readonly kind: 'ssm'; readonly parameterName: string }
  | { readonly kind: 'env'; readonly variable: string };

export interface WrittenParameter {
  readonly name: string;
  readonly written: WrittenValue;
  readonly place: Place;
  /** It stood on a line of its own as `Key=Value`, which `$(cat file)` would have split at white space. */
  readonly line: boolean;
}

export const PREVIOUS_VALUE = '!PreviousValue';

/** The value of a `Key=Value` line. */
export function lineValue(value: string): WrittenValue {
  return value.trim() === PREVIOUS_VALUE ? { kind: 'previous' } : { kind: 'value', value };
}
