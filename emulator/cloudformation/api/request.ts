import type { Account } from '../../types.ts';
import type { Query } from '../protocol/query.ts';
import type { XmlObject } from '../protocol/xml.ts';
import type { RegionStore } from '../store.ts';
import type { World } from '../world.ts';

/** One request for an action. */
export interface ApiRequest {
  readonly action: string;
  readonly query: Query;
  readonly store: RegionStore;
  readonly account: Account;
  readonly world: World;
}

/** Carries out an action: the members of its result, or undefined when it has none. Throws CloudFormationError. */
export type ApiAction = (request: ApiRequest) => Promise<XmlObject | undefined> | XmlObject | undefined;

/** `key=value` pairs as lists of structures have them. */
export function tagsOf(query: Query): Record<string, string> | undefined {
  if (!query.has('Tags')) return undefined;
  return Object.fromEntries(query.structures('Tags').map((tag) => [tag.text('Key') ?? '', tag.text('Value') ?? '']));
}
