import { STACK_TYPE } from '../execution/stack-type.ts';
import type { ChangeDetail, Deployment, ResourceChange, ResourceRecord, Stack } from '../model.ts';
import { knownProperty } from '../resources/replacement.ts';
import { type Json, type ResourceDeclaration, sameValue } from '../template/model.ts';
import { parameterReference } from '../template/parameters.ts';
import { referencesIn } from '../template/references.ts';
import { isKnown } from '../template/unknown.ts';
import type { Replacement } from '../world.ts';
import type { Preview, ResourcePreview } from './preview.ts';

const RECREATION = { yes: 'Always', maybe: 'Conditionally', no: 'Never' } as const;

interface Comparison {
  readonly stack: Pick<Stack, 'deployment'>;
  readonly deployment: Deployment;
  readonly preview: Preview;
  readonly replacement: Replacement;
}

/** The parameters whose values differ between two deployments. */
function changedParameters(before: Deployment | undefined, after: Deployment): Set<string> {
  const changed = new Set<string>();
  for (const [key, value] of after.parameters) {
    const old = before?.parameters.get(key);
    if (old === undefined || !sameValue(parameterReference(old), parameterReference(value))) changed.add(key);
  }
  return changed;
}

type Target = Pick<ChangeDetail, 'attribute' | 'name' | 'requiresRecreation'>;

/**
 * Why one part of a resource changes. CloudFormation API Reference, ResourceChangeDetail: a changed parameter shows as
 * a static ParameterReference beside a dynamic DirectModification.
 */
function detailsOf(
  target: Target,
  raw: { before: Json | undefined; after: Json | undefined },
  value: Json | undefined,
  comparison: Comparison & { changed: ReadonlySet<string> },
): ChangeDetail[] {
  const { preview, changed, deployment } = comparison;
  const evaluation = isKnown(value) ? 'Static' : 'Dynamic';
  const details: ChangeDetail[] = [];
  const seen = new Set<string>();
  for (const reference of referencesIn(raw.after, preview.evaluation.scope.condition)) {
    const fate =
      reference.kind === 'ref' || reference.kind === 'attribute'
        ? preview.resources.get(reference.name)?.fate
        : undefined;
    if (reference.kind === 'ref' && deployment.parameters.has(reference.name) && changed.has(reference.name)) {
      add({ changeSource: 'ParameterReference', evaluation: 'Static', causingEntity: reference.name });
    } else if (reference.kind === 'ref' && fate === 'replace') {
      add({ changeSource: 'ResourceReference', evaluation, causingEntity: reference.name });
    } else if (reference.kind === 'attribute' && (fate === 'replace' || fate === 'modify')) {
      add({ changeSource: 'ResourceAttribute', evaluation, causingEntity: `${reference.name}.${reference.attribute}` });
    }
  }
  function add(why: Pick<ChangeDetail, 'changeSource' | 'evaluation' | 'causingEntity'>) {
    const key = `${why.changeSource} ${why.causingEntity}`;
    if (!seen.has(key)) details.push({ ...target, ...why });
    seen.add(key);
  }
  const byParameter = details.some(({ changeSource }) => changeSource === 'ParameterReference');
  if (!sameValue(raw.before, raw.after))
    details.push({ ...target, evaluation: 'Static', changeSource: 'DirectModification' });
  else if (byParameter || details.length === 0)
    details.push({ ...target, evaluation: 'Dynamic', changeSource: 'DirectModification' });
  return details;
}

/** CloudFormation API Reference, ResourceChangeDetail: a nested stack's template may have changed. */
const AUTOMATIC: ChangeDetail = {
  attribute: 'Properties',
  requiresRecreation: 'Never',
  evaluation: 'Dynamic',
  changeSource: 'Automatic',
};

const ATTRIBUTES = [
  ['Metadata', 'metadata'],
  ['UpdatePolicy', 'updatePolicy'],
  ['DeletionPolicy', 'deletionPolicy'],
  ['UpdateReplacePolicy', 'updateReplacePolicy'],
] as const;

function replacementOf(details: readonly ChangeDetail[]): 'True' | 'False' | 'Conditional' {
  if (details.some(({ evaluation, requiresRecreation }) => evaluation === 'Static' && requiresRecreation === 'Always'))
    return 'True';
  return details.some(({ requiresRecreation }) => requiresRecreation !== 'Never') ? 'Conditional' : 'False';
}

const retains = (policy: string) => policy === 'Retain' || policy === 'RetainExceptOnCreate';

function modification(
  resource: ResourcePreview & { readonly before: ResourceRecord },
  declaration: ResourceDeclaration,
  comparison: Comparison & { changed: ReadonlySet<string>; tagsChanged: boolean },
): ResourceChange | undefined {
  const { before, after, logicalId } = resource;
  const { type } = declaration;
  const old = comparison.stack.deployment?.template.resources.get(logicalId);
  const details = resource.changedProperties.flatMap((name) =>
    detailsOf(
      { attribute: 'Properties', name, requiresRecreation: RECREATION[comparison.replacement(type, name)] },
      { before: old?.properties[name], after: declaration.properties[name] },
      after.properties[name],
      comparison,
    ),
  );
  for (const [attribute, member] of ATTRIBUTES) {
    if (sameValue(before[member], after[member])) continue;
    const target: Target = { attribute, requiresRecreation: 'Never' };
    details.push(
      ...detailsOf(target, { before: old?.[member], after: declaration[member] }, after[member], comparison),
    );
  }
  if (comparison.tagsChanged && knownProperty(type, 'Tags'))
    details.push({
      attribute: 'Tags',
      requiresRecreation: 'Never',
      evaluation: 'Static',
      changeSource: 'DirectModification',
    });
  if (type === STACK_TYPE && resource.fate !== 'same') details.push(AUTOMATIC);
  if (details.length === 0) return undefined;
  const rank = (detail: ChangeDetail) => (detail.evaluation === 'Static' ? 0 : 1);
  const replacement = replacementOf(details);
  return {
    action: 'Modify',
    logicalId,
    type,
    ...(before.physicalId !== undefined && { physicalId: before.physicalId }),
    replacement,
    ...(replacement !== 'False' && {
      policyAction: retains(after.updateReplacePolicy) ? 'ReplaceAndRetain' : 'ReplaceAndDelete',
    }),
    scope: [...new Set(details.map(({ attribute }) => attribute))],
    details: details.sort((a, b) => rank(a) - rank(b)),
  };
}

function removal(record: ResourceRecord): ResourceChange {
  const { logicalId, type, physicalId } = record;
  return {
    action: 'Remove',
    logicalId,
    type,
    ...(physicalId !== undefined && { physicalId }),
    policyAction: retains(record.deletionPolicy) ? 'Retain' : 'Delete',
    scope: [],
    details: [],
  };
}

/** Whether stack tags differ, which every resource that takes tags feels. */
export const tagsDiffer = (before: Deployment | undefined, after: Deployment) =>
  before !== undefined && !sameValue({ ...before.tags }, { ...after.tags });

/** The changes that a change set lists, in the order of the logical ids. */
export function changesOf(comparison: Comparison): ResourceChange[] {
  const { preview, stack, deployment } = comparison;
  const full = {
    ...comparison,
    changed: changedParameters(stack.deployment, deployment),
    tagsChanged: tagsDiffer(stack.deployment, deployment),
  };
  const changes = preview.removed.map(removal);
  for (const [logicalId, resource] of preview.resources) {
    const declaration = preview.evaluation.active.get(logicalId);
    if (declaration === undefined) continue;
    const { before } = resource;
    if (resource.fate === 'add' || before === undefined) {
      changes.push({ action: 'Add', logicalId, type: declaration.type, scope: [], details: [] });
      continue;
    }
    const change = modification({ ...resource, before }, declaration, full);
    if (change !== undefined) changes.push(change);
  }
  return changes.sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
}
