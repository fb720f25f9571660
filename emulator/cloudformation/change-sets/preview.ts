import type { Services } from '../../types.ts';
import { changedProperties, isReplaced } from '../execution/replacing.ts';
import { attributeOfRecord, liveValues, type ResourceValues, scopeFor, zonesFor } from '../execution/stack-scope.ts';
import { STACK_TYPE } from '../execution/stack-type.ts';
import type { Deployment, OutputValue, ResourceRecord, Stack } from '../model.ts';
import type { RegionStore } from '../store.ts';
import { type Evaluation, evaluate, previewResource, type ResolvedResource } from '../template/evaluate.ts';
import { resolve, type Scope } from '../template/intrinsics.ts';
import { type Json, type OutputDeclaration, sameValue, scalarText } from '../template/model.ts';
import { KNOWN_AFTER_APPLY } from '../template/unknown.ts';
import type { Replacement } from '../world.ts';

export type Fate = 'add' | 'same' | 'modify' | 'replace';

/** One resource before and after the change, dynamic references as they are written. */
export interface ResourcePreview {
  readonly logicalId: string;
  readonly fate: Fate;
  readonly before?: ResourceRecord;
  readonly after: ResolvedResource;
  readonly changedProperties: readonly string[];
  /** Why some properties are not known. */
  readonly problems: readonly string[];
}

export interface Preview {
  readonly evaluation: Evaluation;
  /** The scope of what the stack is now; absent before it was ever created. */
  readonly present?: Scope;
  readonly resources: ReadonlyMap<string, ResourcePreview>;
  readonly removed: readonly ResourceRecord[];
  readonly outputsChanged: boolean;
}

/** The resources in an order in which each comes after what it is built on. */
export function inOrder(evaluation: Evaluation): string[] {
  const order = new Set<string>();
  const stack = [...evaluation.active.keys()].reverse();
  const entered = new Set<string>();
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (order.has(id)) continue;
    if (entered.has(id)) {
      order.add(id);
      continue;
    }
    entered.add(id);
    stack.push(id, ...(evaluation.dependencies.get(id) ?? []).filter((other) => !entered.has(other)));
  }
  return [...order];
}

/** Resources as they will be, as far as that can be known: what is new or replaced has no name yet. */
class FutureValues implements ResourceValues {
  readonly #stack: Pick<Stack, 'resources'>;
  readonly previews = new Map<string, ResourcePreview>();

  constructor(stack: Pick<Stack, 'resources'>) {
    this.#stack = stack;
  }

  ref(logicalId: string): Json | undefined {
    const fate = this.previews.get(logicalId)?.fate;
    if (fate === 'add' || fate === 'replace') return KNOWN_AFTER_APPLY;
    return this.#stack.resources.get(logicalId)?.physicalId ?? KNOWN_AFTER_APPLY;
  }

  /**
   * A resource that is changed in place still has its present attributes. LocalStack's recorded answers of AWS,
   * test_change_set_fn_get_attr.snapshot.json, test_direct_attribute_value_change: with property values the resource
   * that refers to one does not change at all. What a nested stack's outputs will be is not known.
   */
  attribute(logicalId: string, attribute: string): Json {
    const fate = this.previews.get(logicalId)?.fate;
    const record = this.#stack.resources.get(logicalId);
    const exists = record?.physicalId !== undefined && (fate === 'same' || fate === 'modify');
    if (!exists || (fate === 'modify' && record.type === STACK_TYPE)) return KNOWN_AFTER_APPLY;
    return attributeOfRecord(record, attribute);
  }
}

const policiesDiffer = (before: ResourceRecord | undefined, after: ResolvedResource) =>
  !sameValue(before?.updatePolicy, after.updatePolicy) ||
  before?.deletionPolicy !== after.deletionPolicy ||
  before?.updateReplacePolicy !== after.updateReplacePolicy;

interface PreviewInput {
  readonly store: RegionStore;
  readonly stack: Pick<Stack, 'id' | 'name' | 'resources' | 'outputs' | 'deployment'>;
  readonly deployment: Deployment;
  readonly services: Services;
  readonly replacement: Replacement;
  /** Nested stacks of which it is known that nothing in them changes. */
  readonly unchanged?: ReadonlySet<string>;
}

/** What a deployment would make of a stack. Throws what its template cannot be resolved for. */
export async function preview(input: PreviewInput): Promise<Preview> {
  const { store, stack, deployment, services, replacement, unchanged } = input;
  const { template } = deployment;
  const values = new FutureValues(stack);
  const scope = scopeFor(store, stack, deployment, values, await zonesFor(template, store, services));
  const evaluation = evaluate(template, scope);
  for (const logicalId of inOrder(evaluation)) {
    const declaration = evaluation.active.get(logicalId);
    if (declaration === undefined) continue;
    const { resolved: after, problems } = previewResource(declaration, scope);
    const before = stack.resources.get(logicalId);
    const exists = before?.physicalId !== undefined;
    const changed = exists ? changedProperties(before.declared, after.properties) : [];
    const nested = declaration.type === STACK_TYPE && !unchanged?.has(logicalId);
    const otherwise = nested || !sameValue(before?.metadata, after.metadata) || policiesDiffer(before, after);
    const fate = (): Fate => {
      if (!exists) return 'add';
      if (isReplaced(replacement, declaration.type, before.declared, after)) return 'replace';
      return changed.length > 0 || otherwise ? 'modify' : 'same';
    };
    values.previews.set(logicalId, {
      logicalId,
      after,
      changedProperties: changed,
      problems,
      fate: fate(),
      ...(before && { before }),
    });
  }
  const removed = [...stack.resources.values()].filter(
    ({ logicalId, physicalId }) => physicalId !== undefined && !evaluation.active.has(logicalId),
  );
  const now = stack.deployment;
  return {
    evaluation,
    ...(now && {
      present: scopeFor(store, stack, now, liveValues(stack), await zonesFor(now.template, store, services)),
    }),
    resources: values.previews,
    removed,
    outputsChanged: outputsDiffer(stack.outputs, deployment, evaluation),
  };
}

function outputsDiffer(before: readonly OutputValue[], deployment: Deployment, { scope }: Evaluation): boolean {
  const known = new Map(before.map((output) => [output.key, output]));
  const after = [...deployment.template.outputs].filter(
    ([, { condition }]) => condition === undefined || scope.condition(condition),
  );
  if (after.length !== before.length) return true;
  const text = (value: Json | undefined) => (value === undefined ? undefined : scalarText(resolve(value, scope)));
  const differs = ([key, declaration]: [string, OutputDeclaration]) => {
    const old = known.get(key);
    return (
      old === undefined ||
      old.description !== declaration.description ||
      old.exportName !== text(declaration.exportName) ||
      old.value !== text(declaration.value)
    );
  };
  try {
    return after.some(differs);
  } catch {
    return true;
  }
}
