import { pointer, shownText, valueAt } from '../change-sets/differences.ts';
import type { ChangeDetail, ResourceChange } from '../change-sets/model.ts';
import { type Json, type JsonObject, sameValue } from '../template/model.ts';
import type { ActualResource, ActualStack } from './actual-stack.ts';

/** What a change set shows of its resources, by logical id. */
export interface Shown {
  /** The properties that the new template wants. */
  wanted(logicalId: string): JsonObject | undefined;
  /** JSON of the resource as the last deployment left it, masked. */
  previousContext(logicalId: string): string | undefined;
  /** Whether a value may be shown. */
  isSecret(logicalId: string, property: string): boolean;
}

const MASK = '****';

const text = (value: Json | undefined) => (value === undefined ? undefined : shownText(value));

/** Of a detail: where its values come from, and how the property has drifted. */
function sources(detail: ChangeDetail, actual: ActualResource, isSecret: boolean): ChangeDetail {
  const { previous, live, status, timestamp } = actual;
  const isRead = status === 'IN_SYNC' || status === 'MODIFIED';
  const name = detail.name ?? (detail.attribute === 'Tags' ? 'Tags' : undefined);
  const path = detail.value?.path.split('/').slice(2) ?? (name === undefined ? [] : [name]);
  const was = valueAt(previous.declared, path);
  const is = valueAt(live?.declared, path);
  const drifted = isRead && path.length > 0 && !sameValue(was, is);
  const shown = (value: Json | undefined) => (value !== undefined && isSecret ? MASK : text(value));
  const [previousValue, actualValue] = [shown(was), shown(is)];
  return {
    ...detail,
    ...(detail.value?.type !== 'Add' && { beforeFrom: isRead ? 'ACTUAL_STATE' : 'PREVIOUS_DEPLOYMENT_STATE' }),
    ...(detail.value?.type !== 'Remove' && { afterFrom: 'TEMPLATE' }),
    ...(drifted && {
      drift: {
        ...(previousValue !== undefined && { previous: previousValue }),
        ...(actualValue !== undefined && { actual: actualValue }),
        timestamp,
      },
    }),
  };
}

/** The properties for which the new template says what the resource has already, unlike the last deployment. */
function synced(actual: ActualResource, wanted: JsonObject, withValues: boolean): ChangeDetail[] {
  const { previous, live } = actual;
  if (live === undefined || live === previous) return [];
  return Object.keys(wanted).flatMap((name): ChangeDetail[] => {
    const [was, is, will] = [previous.declared[name], live.declared[name], wanted[name]];
    if (sameValue(was, is) || !sameValue(is, will)) return [];
    const value = { path: pointer(['Properties', name]), type: 'SyncWithActual' } as const;
    const [before, after] = [text(is), text(will)];
    return [
      {
        attribute: 'Properties',
        name,
        requiresRecreation: 'Never',
        evaluation: 'Static',
        changeSource: 'NoModification',
        ...(withValues && {
          value: { ...value, ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
        }),
      },
    ];
  });
}

/**
 * The changes between the actual state and the new template with what drift-aware change sets tell besides; resources
 * that change only in what CloudFormation holds of them are added (`SyncWithActual`).
 */
export function driftAware(
  changes: readonly ResourceChange[],
  actual: ActualStack,
  shown: Shown,
  withValues: boolean,
): ResourceChange[] {
  const told = new Map(changes.map((change) => [change.logicalId, change]));
  for (const [logicalId, resource] of actual.resources) {
    const details = synced(resource, shown.wanted(logicalId) ?? {}, withValues);
    if (details.length === 0) continue;
    const { type, physicalId } = resource.previous;
    const change = told.get(logicalId) ?? {
      action: 'SyncWithActual',
      logicalId,
      type,
      ...(physicalId !== undefined && { physicalId }),
      scope: ['Properties'],
      details: [],
    };
    told.set(logicalId, { ...change, details: [...change.details, ...details] });
  }
  return [...told.values()]
    .sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1))
    .map((change) => {
      const resource = actual.resources.get(change.logicalId);
      if (resource === undefined) return change;
      const previousContext = withValues ? shown.previousContext(change.logicalId) : undefined;
      return {
        ...change,
        details: change.details.map((detail) =>
          sources(detail, resource, shown.isSecret(change.logicalId, detail.name ?? '')),
        ),
        driftStatus: resource.status,
        driftIgnored: resource.ignored,
        ...(previousContext !== undefined && { previousContext }),
      };
    });
}
