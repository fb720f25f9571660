import type { Tag } from './tags.ts';

/** What `read` finds; undefined where the service says, by one of these error names, that there is no such thing. */
export async function ifThere<T>(gone: readonly string[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && gone.includes(error.name)) return undefined;
    throw error;
  }
}

interface ServiceTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** A service's tags as templates have them, without those that only AWS can set. */
export function templateTags(tags: readonly ServiceTag[] | undefined): Tag[] {
  return (tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value })).filter(({ Key }) => !Key.startsWith('aws:'));
}

/** The same of services that write `key` and `value`. */
export function templateTagsOf(
  tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[] | undefined,
): Tag[] {
  return templateTags((tags ?? []).map(({ key, value }) => ({ Key: key, Value: value })));
}

/**
 * The template's own values of properties that moto drops: nobody can change them here, so they are what they were set
 * to.
 */
export function unkept<P extends object>(properties: P, ...names: readonly (keyof P)[]): Partial<P> {
  const kept: Partial<P> = {};
  for (const name of names) if (properties[name] !== undefined) kept[name] = properties[name];
  return kept;
}
