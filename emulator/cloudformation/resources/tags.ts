/** A tag as templates and most services write it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The resource's own tags over the stack's: a key in both has the resource's value. */
export function mergedTags(stackTags: Readonly<Record<string, string>>, own: readonly Tag[] = []): Tag[] {
  const merged = new Map(Object.entries(stackTags));
  for (const tag of own) merged.set(tag.Key, tag.Value);
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}

/** For services that refuse keys that begin with `aws:` to everyone, CloudFormation included. */
export function withoutReserved(tags: readonly Tag[]): Tag[] {
  return tags.filter((tag) => !tag.Key.startsWith('aws:'));
}

/** What to set and which keys to remove to get from one set of tags to another. */
export function tagChanges(before: readonly Tag[], after: readonly Tag[]): { set: Tag[]; remove: string[] } {
  const values = new Map(before.map((tag) => [tag.Key, tag.Value]));
  const kept = new Set(after.map((tag) => tag.Key));
  return {
    set: after.filter((tag) => values.get(tag.Key) !== tag.Value),
    remove: [...values.keys()].filter((key) => !kept.has(key)),
  };
}
