import { STACK_TYPE } from '../execution/stack-type.ts';
import type { Deployment, ResourceRecord, Stack } from '../model.ts';
import { knownProperty } from '../resources/replacement.ts';
import { type ResourceDeclaration, type RetentionPolicy, sameValue } from '../template/model.ts';
import type { Replacement } from '../world.ts';
import { AUTOMATIC, changedParameters, type Surroundings } from './causes.ts';
import { afterContexts, beforeContexts, contextText, removedContext } from './contexts.ts';
import type { ChangeDetail, ResourceChange, ResourceProblem } from './model.ts';
import { type Part, partsOf, plainDetails, valuedDetails } from './parts.ts';
import type { Preview, ResourcePreview } from './preview.ts';
import { type Difference, recreationAt, recreationOf, recreationUnknown } from './recreation.ts';

interface Comparison {
  readonly stack: Pick<Stack, 'deployment'>;
  readonly deployment: Deployment;
  readonly preview: Preview;
  readonly replacement: Replacement;
  readonly recreated: ReadonlySet<string>;
}

/** What a change set holds, as it is described without and with property values. */
export interface FoundChanges {
  readonly changes: readonly ResourceChange[];
  readonly valuedChanges: readonly ResourceChange[];
  readonly problems: readonly ResourceProblem[];
}

function replacementOf(details: readonly ChangeDetail[]): 'True' | 'False' | 'Conditional' {
  if (details.some(({ evaluation, requiresRecreation }) => evaluation === 'Static' && requiresRecreation === 'Always'))
    return 'True';
  return details.some(({ requiresRecreation }) => requiresRecreation !== 'Never') ? 'Conditional' : 'False';
}

function fateOfOld(policy: RetentionPolicy): 'Delete' | 'Retain' | 'Snapshot' {
  if (policy === 'Snapshot') return 'Snapshot';
  return policy === 'Retain' || policy === 'RetainExceptOnCreate' ? 'Retain' : 'Delete';
}

function modification(resource: ResourcePreview & { readonly before: ResourceRecord }, details: ChangeDetail[]) {
  const { logicalId, before, after } = resource;
  const replacement = replacementOf(details);
  const rank = (detail: ChangeDetail) => (detail.evaluation === 'Static' ? 0 : 1);
  return {
    action: 'Modify',
    logicalId,
    type: before.type,
    ...(before.physicalId !== undefined && { physicalId: before.physicalId }),
    replacement,
    ...(replacement !== 'False' && { policyAction: `ReplaceAnd${fateOfOld(after.updateReplacePolicy)}` }),
    scope: [...new Set(details.map(({ attribute }) => attribute))],
    details: details.sort((a, b) => rank(a) - rank(b)),
  } satisfies ResourceChange;
}

/** Both descriptions of a resource that stays; undefined where it would not be told of. */
function modifications(
  resource: ResourcePreview & { readonly before: ResourceRecord },
  declaration: ResourceDeclaration,
  comparison: Comparison & { readonly tagsChanged: boolean },
  surroundings: Surroundings,
): { plain?: ResourceChange; valued?: ResourceChange } {
  const { preview, stack, deployment, replacement } = comparison;
  const { type } = declaration;
  const present = stack.deployment;
  const before = beforeContexts(resource.before, preview, present);
  const after = afterContexts(resource, preview, deployment);
  const difference: Difference = {
    type,
    before: resource.before.declared,
    after: resource.after.properties,
    ...(resource.after.updatePolicy && { updatePolicy: resource.after.updatePolicy }),
  };
  const others: ChangeDetail[] = type === STACK_TYPE && resource.fate !== 'same' ? [AUTOMATIC] : [];
  if (comparison.tagsChanged && knownProperty(type, 'Tags'))
    others.push({
      attribute: 'Tags',
      requiresRecreation: 'Never',
      evaluation: 'Static',
      changeSource: 'DirectModification',
    });
  const declarations = { before: present?.template.resources.get(resource.logicalId), after: declaration };
  const parts = partsOf(declarations, before, after);
  const certain = ({ name }: Part, changes: boolean) => {
    if (name === undefined) return 'Never';
    return changes ? recreationOf(replacement, difference, name) : recreationUnknown(replacement, type, name);
  };
  const plain = parts.flatMap((part) => plainDetails(part, surroundings, (changes) => certain(part, changes)));
  const valued = parts.flatMap((part) =>
    valuedDetails(part, surroundings, (found) =>
      part.name === undefined ? 'Never' : recreationAt(replacement, difference, found.path.slice(1), found),
    ),
  );
  return {
    ...(plain.length + others.length > 0 && { plain: modification(resource, [...plain, ...others]) }),
    ...(valued.length + others.length > 0 && {
      valued: {
        ...modification(resource, [...valued, ...others]),
        beforeContext: contextText(before.shown),
        afterContext: contextText(after.shown),
      },
    }),
  };
}

function removal(record: ResourceRecord): ResourceChange {
  const { logicalId, type, physicalId } = record;
  return {
    action: 'Remove',
    logicalId,
    type,
    ...(physicalId !== undefined && { physicalId }),
    policyAction: fateOfOld(record.deletionPolicy),
    scope: [],
    details: [],
  };
}

/** Whether stack tags differ, which every resource that takes tags feels. */
export const tagsDiffer = (before: Deployment | undefined, after: Deployment) =>
  before !== undefined && !sameValue({ ...before.tags }, { ...after.tags });

const inOrderOfIds = (changes: Iterable<ResourceChange>) =>
  [...changes].sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));

/** The changes that a change set lists, in the order of the logical ids. */
export function changesOf(comparison: Comparison): FoundChanges {
  const { preview, stack, deployment } = comparison;
  const full = { ...comparison, tagsChanged: tagsDiffer(stack.deployment, deployment) };
  const plain = new Map<string, ResourceChange>();
  const valued = new Map<string, ResourceChange>();
  const surroundings: Surroundings = {
    changedParameters: changedParameters(stack.deployment, deployment),
    changes: plain,
    recreated: comparison.recreated,
    condition: (name) => preview.evaluation.scope.condition(name),
  };
  for (const record of preview.removed) {
    const change = removal(record);
    plain.set(record.logicalId, change);
    const beforeContext = contextText(removedContext(record, preview, stack.deployment));
    valued.set(record.logicalId, { ...change, beforeContext });
  }
  for (const [logicalId, resource] of preview.resources) {
    const declaration = preview.evaluation.active.get(logicalId);
    if (declaration === undefined) continue;
    const { before } = resource;
    if (resource.fate === 'add' || before === undefined) {
      const change: ResourceChange = { action: 'Add', logicalId, type: declaration.type, scope: [], details: [] };
      plain.set(logicalId, change);
      const afterContext = contextText(afterContexts(resource, preview, deployment).shown);
      valued.set(logicalId, { ...change, afterContext });
      continue;
    }
    const found = modifications({ ...resource, before }, declaration, full, surroundings);
    if (found.plain !== undefined) plain.set(logicalId, found.plain);
    if (found.valued !== undefined) valued.set(logicalId, found.valued);
  }
  const problems = [...preview.resources.values()].flatMap(({ logicalId, problems: reasons }) =>
    reasons.map((reason): ResourceProblem => ({ logicalId, reason })),
  );
  return { changes: inOrderOfIds(plain.values()), valuedChanges: inOrderOfIds(valued.values()), problems };
}
