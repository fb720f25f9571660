import type { Json, JsonObject, PlannedChangeSet, PlannedResource } from '../stack/planned-model.ts';
import type { Finding } from '../types.ts';

/** What was planned under a throw-away name, as it would be under the stack's own. */
export function underRealName(planned: PlannedChangeSet, throwAway: string, real: string): PlannedChangeSet {
  if (throwAway === real) return planned;
  const text = (value: string) => value.replaceAll(throwAway, real);
  const json = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    return isList(value) ? value.map(json) : object(value);
  };
  const object = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, member]) => [key, json(member)]));
  const resource = (one: PlannedResource): PlannedResource => ({
    ...one,
    details: one.details.map((detail) => ({
      ...detail,
      ...(detail.before !== undefined && { before: text(detail.before) }),
      ...(detail.after !== undefined && { after: text(detail.after) }),
    })),
    ...(one.before && { before: object(one.before) }),
    ...(one.after && { after: object(one.after) }),
    ...(one.nested && { nested: { ...one.nested, resources: one.nested.resources.map(resource) } }),
  });
  return { ...planned, resources: planned.resources.map(resource) };
}

/** What was found out about a stack under a throw-away name, as it is of the stack's own. */
export function findingsUnderRealName(findings: readonly Finding[], throwAway: string, real: string): Finding[] {
  const text = (value: string) => value.replaceAll(throwAway, real);
  return findings.map((finding) => ({ ...finding, title: text(finding.title), message: text(finding.message) }));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
