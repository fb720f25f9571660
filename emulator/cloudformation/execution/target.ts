import type { ResourceRequest, SignalInbox } from '../../types.ts';
import type { ResourceRecord } from '../model.ts';
import { resolveDynamicReferences } from '../template/dynamic-references.ts';
import { type ResolvedResource, resolveResource } from '../template/evaluate.ts';
import type { JsonObject } from '../template/model.ts';
import { keepManaged } from './actual.ts';
import { type Run, tellResource } from './run.ts';
import type { StackPlan } from './stack-scope.ts';

/** A resource as the template under way wants it, every function resolved. */
export interface Target extends ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly dependencies: readonly string[];
  /** The properties with dynamic references as they are written. */
  readonly declared: JsonObject;
}

/** Throws what a function or a dynamic reference cannot be resolved for. */
export async function targetOf(run: Run, plan: StackPlan, logicalId: string): Promise<Target> {
  const declaration = plan.active.get(logicalId);
  if (declaration === undefined) throw new Error(`${logicalId} is not in the template`);
  const resolved = resolveResource(declaration, plan.scope);
  return {
    ...resolved,
    declared: resolved.properties,
    properties: await resolveDynamicReferences(resolved.properties, run.services),
    logicalId,
    type: declaration.type,
    dependencies: plan.dependencies.get(logicalId) ?? [],
  };
}

/** The record of a resource that is about to be what the template wants. */
export function recordOf(target: Target, status: string): Omit<ResourceRecord, 'timestamp'> {
  const { logicalId, type, properties, declared, metadata, updatePolicy } = target;
  const { deletionPolicy, updateReplacePolicy, dependencies } = target;
  return {
    logicalId,
    type,
    properties,
    declared,
    deletionPolicy,
    updateReplacePolicy,
    dependencies,
    attributes: {},
    status,
    ...(metadata !== undefined && { metadata }),
    ...(updatePolicy && { updatePolicy }),
  };
}

function stackTags(run: Run, logicalId: string): Record<string, string> {
  return {
    ...run.stack.deployment?.tags,
    'aws:cloudformation:stack-name': run.stack.name,
    'aws:cloudformation:stack-id': run.stack.id,
    'aws:cloudformation:logical-id': logicalId,
  };
}

interface Subject {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly updatePolicy?: JsonObject;
}

/** What a provider is asked with; progress is told in the resource's present status. */
export function request(run: Run, subject: Subject, signals: SignalInbox, signal: AbortSignal): ResourceRequest {
  const { world, stack, account, services } = run;
  return {
    account,
    services,
    clock: world.clock,
    signal,
    stackId: stack.id,
    stackName: stack.name,
    logicalId: subject.logicalId,
    properties: keepManaged(stack, subject.logicalId, subject.properties),
    tags: stackTags(run, subject.logicalId),
    ...(subject.updatePolicy && { updatePolicy: subject.updatePolicy }),
    signals,
    progress(reason) {
      const record = stack.resources.get(subject.logicalId);
      if (record !== undefined) tellResource(run, record, { reason });
    },
  };
}
