import { createHash } from 'node:crypto';
import type { PlannedChange, PropertyChange } from '../plan/model.ts';

/** What a fingerprint of a repair is taken of. */
export interface Fingerprinted {
  readonly stackName: string;
  readonly region: string;
  readonly changes: readonly PlannedChange[];
}

/** Raised when the same repair gets another fingerprint than before. */
const VERSION = 1;
/** Half of a SHA-256: nobody finds another repair with the same one, and it can still be pasted. */
const DIGITS = 32;

/**
 * What a repair is asked for by: everything that is shown of its changes, values included. Secrets are not in it, since
 * the hash of a weak one can be guessed; nor are physical ids, times and the order in which AWS lists things.
 */
export function repairFingerprint({ stackName, region, changes }: Fingerprinted): string {
  const text = stable({ version: VERSION, stackName, region, changes: sorted(changes.map(changeOf)) });
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}

function changeOf({
  logicalId,
  resourceType,
  action,
  replacement,
  policyAction,
  properties,
  nested,
}: PlannedChange): object {
  return {
    logicalId,
    resourceType,
    action,
    replacement,
    policyAction,
    properties: sorted(properties.map(propertyOf)),
    nested: nested && sorted(nested.changes.map(changeOf)),
  };
}

function propertyOf({ path, action, requiresRecreation, certain, diff, withheld }: PropertyChange) {
  return { path, action, requiresRecreation, certain, diff, withheld: withheld !== undefined };
}

function sorted(items: readonly unknown[]): unknown[] {
  return items.toSorted(byText);
}

function byText(a: unknown, b: unknown): number {
  const [one, other] = [stable(a), stable(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Members whose order says nothing: those of mappings, and what a difference tells of lists that have no order. */
const UNORDERED: ReadonlySet<string> = new Set(['added', 'removed', 'members']);

function stable(value: unknown): string {
  const replacer = (key: string, member: unknown): unknown => {
    if (Array.isArray(member)) return UNORDERED.has(key) ? sorted(member) : member;
    if (typeof member !== 'object' || member === null) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(value, replacer);
}
