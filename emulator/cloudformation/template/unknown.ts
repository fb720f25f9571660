import { isObject, type Json } from './model.ts';

/** Stands for a value that only exists once a change set has been executed. */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

export function isKnown(value: Json | undefined): boolean {
  if (typeof value === 'string') return !value.includes(KNOWN_AFTER_APPLY);
  if (Array.isArray(value)) return value.every(isKnown);
  return !isObject(value) || Object.values(value).every(isKnown);
}
