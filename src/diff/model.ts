/** What is compared: JSON, as templates and change sets hold it. */
export type Value = string | number | boolean | null | readonly Value[] | ValueRecord;
export type ValueRecord = { readonly [key: string]: Value };

/**
 * What differs between two values, as a tree: only differences are in it, and all of them: whoever applies it to the
 * first value has the second. Which kind of a list it is decides how it was compared.
 */
export type ValueDiff =
  | { readonly kind: 'same' }
  | { readonly kind: 'added'; readonly after: Value }
  | { readonly kind: 'removed'; readonly before: Value }
  /** One scalar became another, or a value became one of another shape. */
  | { readonly kind: 'changed'; readonly before: Value; readonly after: Value }
  /** A text of several lines. Line ends are `\n`; the last line may be empty. */
  | { readonly kind: 'text'; readonly hunks: readonly TextHunk[] }
  /** A mapping: the members that differ, in the order of the new one, removed ones last. */
  | { readonly kind: 'object'; readonly members: readonly { readonly key: string; readonly diff: ValueDiff }[] }
  /** A list whose order means nothing, such as security group rules. */
  | {
      readonly kind: 'set';
      readonly removed: readonly Value[];
      readonly added: readonly Value[];
      readonly kept: number;
    }
  /** A list of mappings that each have a name of their own, such as tags by Key: the named items that differ. */
  | {
      readonly kind: 'named';
      readonly by: string;
      readonly items: readonly { readonly name: string; readonly diff: ValueDiff }[];
      readonly kept: number;
    }
  /** A list whose order counts. `index` is a place in the new list, for `removed` in the old one; both count from 0. */
  | { readonly kind: 'list'; readonly items: readonly { readonly index: number; readonly diff: ValueDiff }[] };

/** Lines around a difference. Numbers count from 1. */
export interface TextHunk {
  readonly beforeLine: number;
  readonly afterLine: number;
  readonly lines: readonly TextLine[];
}

export interface TextLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}
