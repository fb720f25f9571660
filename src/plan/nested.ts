import type { PlannedResource } from '../stack/planned-model.ts';
import { nestedSecretParameters } from '../template/secrets.ts';
import type { Template } from '../template/template.ts';
import type { NestedContexts } from './changes.ts';
import { type PlanContext, planContext } from './context.ts';
import { maskedNames } from './masked.ts';

/** What a nested stack is and would be made of. */
export interface NestedTemplates {
  /** The deployed one; undefined where the stack is new. */
  readonly before: Template | undefined;
  readonly after: Template;
}

/** By the logical ids that lead to the nested stack, joined by `/`; absent where a template could not be read. */
export type TemplatesByPath = ReadonlyMap<string, NestedTemplates>;

/** What the nested stacks are read with that these resources are, and those in them. */
export function nestedContexts(
  context: PlanContext,
  resources: readonly PlannedResource[],
  templates: TemplatesByPath,
): NestedContexts {
  const found = new Map<string, PlanContext>();
  const enter = (parent: PlanContext, inner: readonly PlannedResource[], above: string): void => {
    for (const resource of inner) {
      const path = `${above}${resource.logicalId}`;
      const own = templates.get(path);
      const below = own && nestedContext(parent, resource, own);
      if (below === undefined) continue;
      found.set(path, below);
      enter(below, resource.nested?.resources ?? [], `${path}/`);
    }
  };
  enter(context, resources, '');
  return (path) => found.get(path.join('/'));
}

/**
 * A parameter that either template of the parent gives something secret is secret inside, also where the nested template
 * does not say so. Undefined where that cannot be known.
 */
function nestedContext(
  parent: PlanContext,
  { action, logicalId, nested }: PlannedResource,
  { before, after }: NestedTemplates,
): PlanContext | undefined {
  const is = nestedSecretParameters(after, parent.after, parent.withholdAfter.expression, logicalId);
  const was =
    action === 'Add'
      ? new Set<string>()
      : before &&
        parent.before &&
        nestedSecretParameters(before, parent.before, parent.withholdBefore.expression, logicalId);
  if (is === undefined || was === undefined) return undefined;
  const parameters = nested?.parameters ?? {};
  const secret = [...is, ...was, ...maskedNames(parameters)];
  const values = new Map(Object.entries(parameters).map(([name, { value }]) => [name, { value }]));
  return planContext(before, after, { parameters: values }, parent.withholdAfter.values, secret);
}
