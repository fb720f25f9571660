import { randomBytes } from 'node:crypto';
import type { ResourceProvider, ResourceRequest, ResourceState } from '../../types.ts';
import { compare } from '../change-sets/create.ts';
import type { Deployment, Stack } from '../model.ts';
import { isCleaningUp } from '../status.ts';
import { addStack } from '../store.ts';
import { requireCapabilities } from '../template/capabilities.ts';
import { evaluate } from '../template/evaluate.ts';
import { isObject, type Json, scalarText } from '../template/model.ts';
import { chooseParameters, resolveStoredValues } from '../template/parameters.ts';
import { parseTemplate } from '../template/parse.ts';
import { fetchTemplate } from '../template/url.ts';
import { validateEvaluation, validateTemplate } from '../template/validate.ts';
import { ResourceFailure } from './failure.ts';
import { storedParameters } from './parameter-store.ts';
import { isSupported } from './providers.ts';
import { type Run, setStackStatus } from './run.ts';
import { liveValues, scopeFor } from './stack-scope.ts';
import { STACK_TYPE } from './stack-type.ts';
import { startContinue, startCreate, startDelete, startRollback, startUpdate } from './start.ts';

/** A parameter of a nested stack: text, or a list that is joined by commas. */
function parameterText(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map((item) => scalarText(item) ?? '').join(',');
  return scalarText(value) ?? '';
}

function tagsOf(properties: ResourceRequest['properties']): Record<string, string> {
  const tags = Array.isArray(properties.Tags) ? properties.Tags : [];
  return Object.fromEntries(tags.map((tag) => [String(tag.Key), String(tag.Value)]));
}

/** What the properties of an AWS::CloudFormation::Stack ask for. Capabilities and role are the parent's. */
async function deploymentOf(
  run: Run,
  request: ResourceRequest,
  child: Pick<Stack, 'id' | 'name' | 'resources'>,
): Promise<Deployment> {
  const { store, services, stack, world } = run;
  const properties = request.properties as Record<string, Json>;
  const body = await fetchTemplate(String(properties.TemplateURL), services);
  const template = parseTemplate(body);
  validateTemplate(template, (type) => isSupported(world, type));
  const given = isObject(properties.Parameters) ? Object.entries(properties.Parameters) : [];
  const chosen = chooseParameters(
    template,
    given.map(([key, value]) => ({ key, value: parameterText(value), usePrevious: false })),
    undefined,
  );
  const parent = stack.deployment;
  requireCapabilities(template, parent?.capabilities ?? []);
  const arns = properties.NotificationARNs;
  const deployment: Deployment = {
    body,
    template,
    parameters: await resolveStoredValues(chosen, storedParameters(services)),
    capabilities: parent?.capabilities ?? [],
    tags: { ...parent?.tags, ...tagsOf(properties) },
    notificationArns: Array.isArray(arns) ? arns.map(String) : [],
    ...(parent?.roleArn !== undefined && { roleArn: parent.roleArn }),
  };
  const scope = scopeFor(store, child, deployment, liveValues(child), new Map());
  validateEvaluation(template, evaluate(template, scope));
  return deployment;
}

const stateOf = (child: Stack): ResourceState => ({
  physicalId: child.id,
  attributes: Object.fromEntries(child.outputs.map(({ key, value }) => [`Outputs.${key}`, value])),
});

/** Waits for the child's operation; when the parent's is cancelled, so is the child's. */
async function settle(child: Stack, signal: AbortSignal): Promise<void> {
  const { running } = child;
  if (running === undefined) return;
  const cancel = () => running.cancel.abort(signal.reason);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  await running.done;
  signal.removeEventListener('abort', cancel);
}

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const childName = (stackName: string, logicalId: string) =>
  `${stackName}-${logicalId}-${Array.from(randomBytes(12), (byte) => SUFFIX[byte % SUFFIX.length]).join('')}`;

/** The child has been rolled back by then; the text is of the moment at which its update failed. */
function notUpdated(child: Stack): ResourceFailure {
  const failed = child.events.findLast(({ status, reason }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS' && reason);
  const { status, reason } = failed ?? { status: child.status, reason: child.statusReason };
  return new ResourceFailure(
    `Embedded stack ${child.id} was not successfully updated. Currently in ${status} with reason: ${reason}`,
  );
}

/** Stacks in stacks (CloudFormation User Guide, nested stacks), each with its own events, outputs and statuses. */
export function nestedStacks(run: Run, initiated: (state: ResourceState) => void): ResourceProvider {
  const { world, store, account, token } = run;
  const start = (child: Stack) => ({ world, store, stack: child, account, token });

  return {
    type: STACK_TYPE,

    async create(request) {
      const name = childName(run.stack.name, request.logicalId);
      const deployment = await deploymentOf(run, request, { id: '', name, resources: new Map() });
      const child = addStack(store, {
        name,
        account,
        status: 'CREATE_IN_PROGRESS',
        deployment,
        disableRollback: run.stack.disableRollback,
        parent: run.stack,
        now: world.clock.now(),
      });
      startCreate(start(child), deployment, run.stack.disableRollback ? 'keep' : 'fail');
      initiated(stateOf(child));
      const { run: childRun } = child.running ?? {};
      await settle(child, request.signal);
      if (child.status === 'CREATE_IN_PROGRESS' && childRun !== undefined)
        setStackStatus(childRun, 'CREATE_FAILED', 'Resource creation cancelled');
      if (child.status !== 'CREATE_COMPLETE')
        throw new ResourceFailure(`Embedded stack ${child.id} was not successfully created: ${child.statusReason}`);
      return stateOf(child);
    },

    async update(request, previous) {
      const child = store.find(previous.physicalId);
      if (child === undefined) throw new ResourceFailure(`Stack with id ${previous.physicalId} does not exist`);
      if (run.stack.status === 'UPDATE_ROLLBACK_IN_PROGRESS') {
        if (child.status === 'UPDATE_ROLLBACK_FAILED') startContinue(start(child), new Set());
        else if (isCleaningUp(child.status) || child.status === 'UPDATE_FAILED') startRollback(start(child));
        await settle(child, request.signal);
        if (child.status === 'UPDATE_ROLLBACK_FAILED') throw notUpdated(child);
        return stateOf(child);
      }
      const deployment = await deploymentOf(run, request, child);
      const { isEmpty } = await compare(world, store, child, deployment);
      if (isEmpty) return stateOf(child);
      startUpdate(start(child), deployment, run.stack.disableRollback ? 'keep' : 'rollback', { deferCleanup: true });
      await settle(child, request.signal);
      if (!isCleaningUp(child.status)) throw notUpdated(child);
      return stateOf(child);
    },

    async delete(request, state) {
      const child = store.find(state.physicalId);
      if (child === undefined || child.status === 'DELETE_COMPLETE') return;
      startDelete(start(child), {});
      await settle(child, request.signal);
      if (child.status !== 'DELETE_COMPLETE')
        throw new ResourceFailure(`Embedded stack ${child.id} was not successfully deleted: ${child.statusReason}`);
    },
  };
}
