import { replacingChanges } from '../resources/replaces.ts';
import { type JsonObject, sameValue } from '../template/model.ts';
import type { Replacement } from '../world.ts';

/** The names of the properties whose values differ. */
export function changedProperties(before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !sameValue(before[name], after[name]),
  );
}

/** Whether what changes between the two makes a new physical resource necessary. */
export function isReplaced(
  replacement: Replacement,
  type: string,
  before: JsonObject,
  after: { readonly properties: JsonObject; readonly updatePolicy?: JsonObject },
): boolean {
  const changed = changedProperties(before, after.properties);
  const parts = replacingChanges(type, before, after.properties, after.updatePolicy);
  return changed.some((name) => parts.includes(name) || replacement(type, name) === 'yes');
}
