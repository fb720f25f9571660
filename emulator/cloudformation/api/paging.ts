import { validationError } from '../protocol/errors.ts';

const TOKEN = /^muster-page:(\d+):(\d+)$/;

/**
 * One page of a list. The token holds how far it went and how long the list was, so that what a list has gained at its
 * front since then is skipped (`grows: 'front'`).
 */
export function page<T>(
  all: readonly T[],
  token: string | undefined,
  size: number,
  grows: 'front' | 'back' = 'back',
): { items: readonly T[]; nextToken: string | undefined } {
  const decoded = token === undefined ? undefined : TOKEN.exec(Buffer.from(token, 'base64url').toString());
  if (decoded === null) throw validationError(`Invalid NextToken: ${token}`);
  const [, offset = '0', length = String(all.length)] = decoded ?? [];
  const from = Number(offset) + (grows === 'front' ? all.length - Number(length) : 0);
  const to = from + size;
  const next = Buffer.from(`muster-page:${to}:${all.length}`).toString('base64url');
  return { items: all.slice(from, to), nextToken: to < all.length ? next : undefined };
}
