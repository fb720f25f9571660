import type { Stack, StackEvent } from '../model.ts';
import type { ApiRequest } from './request.ts';

const tellsOf = ({ action, world }: ApiRequest, { name }: Stack) => world.scenarios.behind({ action, stackName: name });

/** A stack as this read tells it, by its name or id; undefined where it tells of none. */
export function stackAsTold(request: ApiRequest, nameOrId: string): Stack | undefined {
  const stack = request.store.latest(nameOrId);
  const tells = stack && tellsOf(request, stack);
  if (stack === undefined || tells === undefined) return request.store.find(nameOrId);
  const told = stack.versions.findLast((version) => tells(version, version.since));
  if (told === stack.versions.at(-1)) return request.store.find(nameOrId);
  return told?.stack.status === 'DELETE_COMPLETE' && stack.id !== nameOrId ? undefined : told?.stack;
}

/** The events of a stack that this read tells, oldest first; undefined where it does not know of the stack yet. */
export function eventsAsTold(request: ApiRequest, stack: Stack): readonly StackEvent[] | undefined {
  const tells = tellsOf(request, stack);
  if (tells === undefined) return stack.events;
  const told = stack.events.filter((event) => tells(event, event.timestamp));
  return told.length === 0 ? undefined : told;
}

/** Whether this read, or the execution, knows of the change set already. */
export function knowsOf(
  request: ApiRequest,
  { stack, changeSet }: { readonly stack: Stack; readonly changeSet: { readonly creationTime: Date } },
): boolean {
  return tellsOf(request, stack)?.(changeSet, changeSet.creationTime) ?? true;
}
