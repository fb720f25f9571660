import type { ActualStack } from '../drift/actual-stack.ts';
import { driftAware, type Shown } from '../drift/drift-aware.ts';
import type { Stack } from '../model.ts';
import { sameValue } from '../template/model.ts';
import { beforeContexts, type Context, contextText } from './contexts.ts';
import type { Comparison } from './create.ts';
import { valueAt } from './differences.ts';

/** A comparison of the actual state with the new template, told as drift-aware change sets tell it. */
export function withActual(comparison: Comparison, actual: ActualStack, stack: Stack): Comparison {
  const { preview } = comparison;
  const contextsOf = (logicalId: string) => {
    const previous = actual.resources.get(logicalId)?.previous;
    return previous && beforeContexts(previous, preview, stack.deployment);
  };
  const shown: Shown = {
    wanted: (logicalId) => preview.resources.get(logicalId)?.after.properties,
    previousContext: (logicalId) => {
      const contexts = contextsOf(logicalId);
      return contexts && contextText(contexts.shown);
    },
    isSecret: (logicalId, property) => {
      const contexts = contextsOf(logicalId);
      const at = (context: Context) => valueAt(context, ['Properties', property]);
      return contexts !== undefined && !sameValue(at(contexts.real), at(contexts.shown));
    },
  };
  const changes = driftAware(comparison.changes, actual, shown, false);
  const valuedChanges = driftAware(comparison.valuedChanges, actual, shown, true);
  return { ...comparison, changes, valuedChanges, isEmpty: comparison.isEmpty && changes.length === 0 };
}
