import type { Finding } from '../types.ts';
import { inFile, type Place } from './place.ts';
import type { WrittenParameter } from './written.ts';

/** What an environment file says, whatever its format. */
export interface Environment {
  readonly stackName?: Written;
  readonly region?: Written;
  readonly account?: Written;
  readonly role?: Written;
  readonly parameters: readonly WrittenParameter[];
  readonly tags?: { readonly values: Readonly<Record<string, string>>; readonly place: Place };
  /** Properties whose drift is no news. */
  readonly driftIgnore: readonly string[];
  /** Where a parameter that is missing belongs. */
  readonly end: Place;
  /** Parameters that are there, but cannot be read; or everything: then nobody can say what is missing. */
  readonly unread: readonly string[] | 'everything';
}

export interface Written {
  readonly value: string;
  readonly place: Place;
}

export interface ReadEnvironment {
  readonly environment: Environment;
  readonly findings: readonly Finding[];
}

/** An environment that says nothing: of a file that cannot be read, or of none. */
export function emptyEnvironment(file: string): Environment {
  return { parameters: [], driftIgnore: [], end: inFile({ file, line: 1 }), unread: [] };
}

/** An environment file that cannot be read at all. */
export function unreadEnvironment(file: string): Environment {
  return { ...emptyEnvironment(file), unread: 'everything' };
}
