import type { ResourceRecord, Stack } from '../model.ts';
import type { RegionStore } from '../store.ts';
import { isObject } from '../template/model.ts';

/** The properties of a nested stack as it is; undefined when it was deleted. What is in it is not looked at. */
export function readNestedStack(store: RegionStore, record: ResourceRecord): Record<string, unknown> | undefined {
  const child = store.find(record.physicalId ?? '');
  if (child === undefined || child.status === 'DELETE_COMPLETE') return undefined;
  const { deployment, timeoutInMinutes } = child;
  return {
    Parameters: parametersOf(child, record),
    Tags: Object.entries(deployment?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    NotificationARNs: [...(deployment?.notificationArns ?? [])],
    TimeoutInMinutes: timeoutInMinutes ?? record.properties.TimeoutInMinutes,
  };
}

/** A list is handed over as text with commas; a NoEcho parameter does not tell its value. */
function parametersOf(child: Stack, record: ResourceRecord): Record<string, unknown> {
  const asked = record.properties.Parameters;
  const given = isObject(asked) ? asked : {};
  return Object.fromEntries(
    [...(child.deployment?.parameters.values() ?? [])].map(({ key, value, noEcho }) => {
      if (noEcho) return [key, given[key]];
      return [key, Array.isArray(given[key]) ? value.split(',') : value];
    }),
  );
}
