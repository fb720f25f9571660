import type { NestedTemplates, TemplatesByPath } from '../plan/nested.ts';
import type { Calls } from '../stack/context.ts';
import { deployedTemplate, proposedTemplate } from '../stack/deployed-template.ts';
import type { PlannedChangeSet, PlannedResource } from '../stack/planned-model.ts';
import { parseTemplate } from '../template/parse.ts';
import type { Template } from '../template/template.ts';
import { limit } from './side-by-side.ts';

/** Of so many nested stacks the templates are read, those nearest to the root first. */
const MOST = 50;
const AT_ONCE = 4;

/** A resource that is a nested stack in which something changes. */
interface NestedStack {
  readonly resource: PlannedResource;
  readonly changeSet: PlannedChangeSet;
}

/** Undefined where a template that is needed cannot be read. */
export type ReadTemplates = (stack: NestedStack) => Promise<NestedTemplates | undefined>;

/** Of each nested stack the deployed template and the one that its change set brings. */
export function deployedAndProposed(cfn: Calls<'getTemplate'>): ReadTemplates {
  return async ({ resource: { action, physicalId }, changeSet }) => {
    const isNew = action === 'Add';
    const [before, after] = await Promise.all([
      isNew ? undefined : deployed(cfn, physicalId),
      proposedTemplate(cfn, changeSet).then(parsed),
    ]);
    return after === undefined || (before === undefined && !isNew) ? undefined : { before, after };
  };
}

/** Of each nested stack the deployed template, which a repair goes back to. */
export function deployedAlone(cfn: Calls<'getTemplate'>): ReadTemplates {
  return async ({ resource: { physicalId } }) => {
    const template = await deployed(cfn, physicalId);
    return template && { before: template, after: template };
  };
}

/** The templates of the nested stacks in which something changes. One in a stack whose own cannot be read is left out. */
export async function nestedTemplates(
  resources: readonly PlannedResource[],
  read: ReadTemplates,
): Promise<TemplatesByPath> {
  const politely = limit(AT_ONCE);
  const found = new Map<string, NestedTemplates>();
  let level = stacksAmong(resources, '');
  for (let left = MOST; level.length > 0 && left > 0; ) {
    const chosen = level.slice(0, left);
    left -= chosen.length;
    const answers = await Promise.all(
      chosen.map(async (stack) => ({ stack, templates: await politely(() => read(stack)) })),
    );
    level = answers.flatMap(({ stack: { path, changeSet }, templates }) => {
      if (templates === undefined) return [];
      found.set(path, templates);
      return stacksAmong(changeSet.resources, `${path}/`);
    });
  }
  return found;
}

function stacksAmong(
  resources: readonly PlannedResource[],
  above: string,
): (NestedStack & { readonly path: string })[] {
  return resources.flatMap((resource) =>
    resource.nested === undefined || resource.nested.resources.length === 0
      ? []
      : [{ resource, changeSet: resource.nested, path: `${above}${resource.logicalId}` }],
  );
}

async function deployed(cfn: Calls<'getTemplate'>, stackId: string | undefined): Promise<Template | undefined> {
  return stackId === undefined ? undefined : parsed((await deployedTemplate(cfn, stackId)).text);
}

function parsed(text: string | undefined): Template | undefined {
  return text === undefined ? undefined : parseTemplate(text, 'a nested stack').template;
}
