import { formatDuration } from '../time/duration.ts';
import { Failure, type Finding } from '../types.ts';
import type { StackContext } from './context.ts';
import { attach } from './deployment.ts';
import { describeStack } from './describe.ts';
import { failureFindings, unwrapped } from './explain.ts';
import { namedFor } from './identity.ts';
import type { Deployment, Locate, Stack, StackEvent } from './model.ts';
import { underWaySentence } from './progress.ts';
import { replaceFailedStack } from './replace-failed.ts';
import { resourcePath } from './resource-path.ts';
import { failuresOf } from './root-cause.ts';
import { stackState } from './status.ts';
import { failedResources, whyItFailed } from './stuck.ts';

export interface DeployableRequest {
  /** Name or ARN. */
  readonly stackName: string;
  readonly region: string;
  /** How long to wait for an operation that is under way, and for the deletion of a failed stack. Milliseconds. */
  readonly busyTimeout: number;
  /** Whether the user permits deleting a stack in ROLLBACK_COMPLETE. */
  readonly replaceFailed: boolean;
  readonly roleArn?: string;
  readonly locate: Locate;
  readonly tell: (events: readonly StackEvent[]) => void;
  /** Is called before each wait for an operation that is under way. */
  readonly onBusy?: (stack: Stack) => void;
}

export interface Deployable {
  /** The stack as it is now; undefined where there is none. */
  readonly stack: Stack | undefined;
  /** The operation that was under way, when there was one. */
  readonly attached?: Deployment;
  readonly findings: readonly Finding[];
}

type DeployableCalls = 'describeStacks' | 'describeStackEvents' | 'describeStackResources' | 'deleteStack';

/**
 * Brings a stack to where a change set can be made for it: waits for what is under way, and deletes a stack whose
 * creation failed where that is permitted.
 *
 * Throws Failure: `stack-busy` when the wait was in vain, `stack-stuck` with the commands that mend it, or the reasons
 * of any AWS call.
 */
export async function becomeDeployable(
  context: StackContext<DeployableCalls>,
  request: DeployableRequest,
): Promise<Deployable> {
  const { cfn, clock } = context;
  const { region, busyTimeout, tell } = request;
  const findings: Finding[] = [];
  let attached: Deployment | undefined;
  let stack = await describeStack(cfn, request.stackName);
  const deadline = clock.now() + busyTimeout;
  while (stack !== undefined && stackState(stack, { region }).kind === 'busy') {
    request.onBusy?.(stack);
    const followed = await attach(context, { stack, deadline, tell });
    if (followed.deployment === undefined) throw stillBusy(stack, busyTimeout, followed.events, clock.now());
    attached = followed.deployment;
    stack = attached.stack ?? (await describeStack(cfn, request.stackName));
    if (!attached.succeeded) findings.push(...asWarnings(failureFindings(failuresOf(attached.events), request.locate)));
  }
  const state = stackState(stack, { region });
  switch (state.kind) {
    case 'absent':
      return { stack: undefined, ...(attached && { attached }), findings };
    case 'busy':
    case 'review':
    case 'deployable':
      return { stack, ...(attached && { attached }), findings };
    case 'stuck':
      break;
    default:
      return state satisfies never;
  }
  if (stack === undefined) return { stack, findings };
  if (state.replaceable && request.replaceFailed) {
    const { roleArn } = request;
    await replaceFailedStack(context, { stack, region, ...(roleArn && { roleArn }), timeout: busyTimeout, tell });
    return { stack: undefined, ...(attached && { attached }), findings };
  }
  throw await stuck(context, stack, region, attached, request.locate);
}

async function stuck(
  { cfn }: StackContext<DeployableCalls>,
  stack: Stack,
  region: string,
  attached: Deployment | undefined,
  locate: Locate,
): Promise<Failure> {
  const causes = failuresOf(attached?.events ?? (await whyItFailed(cfn, stack.id)));
  const state = stackState(stack, { region, failedResources: await failedResources(cfn, stack) });
  if (state.kind !== 'stuck') return new Failure('stack-stuck', failureFindings(causes, locate));
  const began = causes.causes.map(
    ({ nestedIn, logicalId, reason }) => `${resourcePath({ nestedIn, logicalId })}: ${unwrapped(reason)}`,
  );
  const message = [state.finding.message, ...(began.length > 0 ? [`It began with ${began.join('; ')}`] : [])].join(
    '\n',
  );
  return new Failure('stack-stuck', [{ ...state.finding, message }]);
}

function stillBusy(stack: Stack, waited: number, events: readonly StackEvent[], now: number): Failure {
  const token = events.find((event) => event.token !== undefined)?.token;
  const run = token === undefined ? undefined : namedFor(token);
  const whose = run === undefined ? '' : ` Run ${run.id}, attempt ${run.attempt}, of this action began it.`;
  return new Failure('stack-busy', [
    {
      level: 'error',
      title: `Stack ${stack.name} was still in ${stack.status} after ${formatDuration(waited)}`,
      message: `Another operation holds the stack.${whose} ${underWaySentence(events, now)} Nothing was changed by this run.`,
      remedy:
        'Run the job again when it has ended, or wait longer with `busy-timeout`. A `concurrency` group keeps jobs apart.',
    },
  ]);
}

function asWarnings(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, level: 'warning' }));
}
