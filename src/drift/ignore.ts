import type { IgnoreRule } from './model.ts';

/** A difference as rules see it. */
export interface Place {
  /** Logical ids from the root stack down. */
  readonly path: readonly string[];
  /** Empty for the whole resource. */
  readonly property: readonly string[];
}

export interface IgnoreRules {
  /** The first rule that a difference falls under. */
  ruleFor(place: Place): IgnoreRule | undefined;
  /**
   * Rules that none of these places falls under. `unread` are resources whose properties are not known: a rule that is
   * about one of them may be right. So may one about a resource in `unseen`, stacks of which nothing is known.
   */
  staleAmong(
    places: readonly Place[],
    unread?: readonly (readonly string[])[],
    unseen?: readonly (readonly string[])[],
  ): readonly IgnoreRule[];
}

/** `LogicalId`, `LogicalId.Property.Path`; the resource of a nested stack is `Nested/LogicalId`. */
const SHAPE = /^[A-Za-z0-9*]+(?:\/[A-Za-z0-9*]+)*(?:\.[^\s.]+)*$/;

/** What is wrong with a rule; undefined when nothing is. */
export function problemWithRule(text: string): string | undefined {
  if (SHAPE.test(text)) return undefined;
  return `'${text}' is no LogicalId or LogicalId.Property.Path, with * for any characters of one part`;
}

/**
 * Rules of what is no drift. A rule falls on what it names and on everything in it: a resource with all its properties,
 * a property with all that is in it. `*` stands for any characters of one part, which ends at a dot or a slash.
 */
export function ignoreRules(rules: readonly IgnoreRule[]): IgnoreRules {
  const known = rules.map((rule) => ({ rule, within: patternOf(rule.text) }));
  return {
    ruleFor: (place) => known.find(({ within }) => within.test(textOf(place)))?.rule,
    staleAmong: (places, unread = [], unseen = []) => {
      const texts = places.map(textOf);
      const resources = unread.map((path) => textOf({ path, property: [] }));
      const isStale = ({ rule, within }: (typeof known)[number]) =>
        !texts.some((text) => within.test(text)) &&
        !resources.some((text) => patternOf(resourceOf(rule)).test(text)) &&
        !unseen.some((stack) => isIn(rule, stack));
      return known.filter(isStale).map(({ rule }) => rule);
    },
  };
}

/** What a rule says of the resource alone. */
function resourceOf({ text }: IgnoreRule): string {
  return text.split('.')[0] ?? '';
}

/** Whether a rule names resources of the stack at this path, or of those in it. */
function isIn(rule: IgnoreRule, stack: readonly string[]): boolean {
  const names = resourceOf(rule).split('/');
  return names.length > stack.length && stack.every((id, n) => patternOf(names[n] ?? '').test(id));
}

function patternOf(rule: string): RegExp {
  const source = rule
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}/]/g, '\\$&'))
    .join('[^./]*');
  return new RegExp(`^${source}(?:\\.|$)`, 's');
}

/** `Nested/Group.Tags.0.Value`; what a part has of dots and slashes of its own stays in it. */
function textOf({ path, property }: Place): string {
  return [path.join('/'), ...property].join('.');
}
