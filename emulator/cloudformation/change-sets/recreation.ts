import { nestedReplaces, replacingChanges } from '../resources/replaces.ts';
import { type PropertyFacts, specification, typeFacts, type ValueType } from '../resources/specification.ts';
import type { Json, JsonObject } from '../template/model.ts';
import type { Replacement } from '../world.ts';

/** Whether a change makes CloudFormation create the resource anew. */
export type Recreation = 'Never' | 'Conditionally' | 'Always';

const RECREATION = { yes: 'Always', maybe: 'Conditionally', no: 'Never' } as const;
const ORDER: readonly Recreation[] = ['Never', 'Conditionally', 'Always'];

const strongest = (one: Recreation, other: Recreation) => (ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other);

/** What the specification says of the property itself, not of what is inside of it. */
const own = (facts: PropertyFacts): Recreation => RECREATION[facts.replacement ?? 'no'];

/** A resource before and after a change. */
export interface Difference {
  readonly type: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly updatePolicy?: JsonObject;
}

/** What the change of one property means, as an update would carry it out. */
export function recreationOf(replacement: Replacement, difference: Difference, name: string): Recreation {
  const { type, before, after, updatePolicy } = difference;
  if (replacingChanges(type, before, after, updatePolicy).includes(name)) return 'Always';
  const facts = typeFacts(type)?.properties[name];
  return facts === undefined ? recreationUnknown(replacement, type, name) : own(facts);
}

/** What the change of a property may mean whose value only turns out at the execution. */
export const recreationUnknown = (replacement: Replacement, type: string, name: string): Recreation =>
  RECREATION[replacement(type, name)];

function inside(type: ValueType, key: string): PropertyFacts | undefined {
  if (typeof type === 'string') return undefined;
  if ('array' in type) return { type: type.array };
  if ('map' in type) return { type: type.map };
  return 'object' in type ? specification().objects[type.object]?.[key] : undefined;
}

/** What the change of one part of a property means; `path` begins with the property's name. */
export function recreationAt(
  replacement: Replacement,
  difference: Difference,
  path: readonly string[],
  values: { readonly before: Json | undefined; readonly after: Json | undefined },
): Recreation {
  const [name = '', ...rest] = path;
  const whole = recreationOf(replacement, difference, name);
  let facts = typeFacts(difference.type)?.properties[name];
  if (whole !== 'Always' || facts === undefined || own(facts) === 'Always' || rest.length === 0) return whole;
  let found = own(facts);
  for (const key of rest) {
    facts = inside(facts.type, key);
    if (facts === undefined) return found;
    found = strongest(found, own(facts));
  }
  return nestedReplaces(facts.type, values.before, values.after) ? 'Always' : found;
}
