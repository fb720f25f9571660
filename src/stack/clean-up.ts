import { asFailure, classify } from '../aws/errors.ts';
import { poll } from '../time/poll.ts';
import type { Finding } from '../types.ts';
import { awsCommand } from './command.ts';
import type { StackContext } from './context.ts';
import { describeStack } from './describe.ts';
import { isChangeSetMissing } from './missing-change-set.ts';
import type { Stack } from './model.ts';

/**
 * What a run may leave in AWS and has to remove again: saved as state before it is made, so that whoever comes after an
 * interruption knows of it. `shellIsOurs`: the stack did not exist before, so its shell goes too.
 */
export interface Owed {
  readonly region: string;
  readonly role?: string;
  readonly stackName: string;
  /** The stack's ARN, known as soon as CloudFormation has answered the creation of the change set. */
  readonly stackId?: string;
  readonly changeSetName: string;
  readonly shellIsOurs: boolean;
  /** The change set has nested ones, which are deleted one after the other. */
  readonly nested?: boolean;
}

/** What was saved, read back; what is no such state is nothing. */
export function parseOwed(text: string): Owed[] {
  try {
    const all: unknown = JSON.parse(text);
    return Array.isArray(all) ? all.filter(isOwed) : [];
  } catch {
    return [];
  }
}

function isOwed(value: unknown): value is Owed {
  if (typeof value !== 'object' || value === null) return false;
  const is = (key: string, type: string) => typeof Reflect.get(value, key) === type;
  const mayBe = (key: string) => Reflect.get(value, key) === undefined || is(key, 'string');
  return (
    is('region', 'string') &&
    is('stackName', 'string') &&
    is('changeSetName', 'string') &&
    is('shellIsOurs', 'boolean') &&
    (Reflect.get(value, 'nested') === undefined || is('nested', 'boolean')) &&
    mayBe('role') &&
    mayBe('stackId')
  );
}

type SettleCalls = 'deleteChangeSet' | 'describeChangeSet' | 'describeStacks' | 'listChangeSets' | 'deleteStack';

export interface SettleContext extends StackContext<SettleCalls> {
  /** The instant (milliseconds since the epoch) at which to give up. */
  readonly deadline: number;
  /** Until this instant a change set may still turn up whose creation was never answered. Absent: it is not waited for. */
  readonly lateUntil?: number;
}

/** Removals are asked for again at this pace while CloudFormation is not ready for them. */
const PACE = { first: 300, fastest: 500, slowest: 3_000 };

/**
 * CloudFormation finds a change set that was executed by its ARN alone, and no more by its name; one that was just made may
 * not be found at first. So often in a row it is taken for the former.
 */
const MISSING_READINGS = 4;

/**
 * Removes what is owed: the change set, unless it was executed, and the stack's shell, if it is ours and holds nothing
 * else. Never throws: what could not be removed by the deadline is a warning that ends with the command that does it.
 */
export async function settle(context: SettleContext, owed: Owed): Promise<Finding[]> {
  try {
    if (owed.stackId === undefined) await awaitLateCreation(context, owed);
    if ((await removeChangeSet(context, owed)) === 'executed') return [];
    if (owed.shellIsOurs) await removeShell(context, owed);
    return [];
  } catch (error) {
    return [leftBehind(owed, context.signal.aborted ? new Error('The time for removing it was over') : error)];
  }
}

/**
 * A call that was cut off takes effect all the same, perhaps after whoever made it has looked: waits until the change
 * set is there, or until it will not come any more.
 */
async function awaitLateCreation(
  { cfn, clock, signal, lateUntil }: SettleContext,
  { stackName, changeSetName }: Owed,
): Promise<void> {
  if (lateUntil === undefined) return;
  const isThere = async () => {
    try {
      await cfn.describeChangeSet({ StackName: stackName, ChangeSetName: changeSetName });
      return { done: true, value: true } as const;
    } catch (error) {
      if (isChangeSetMissing(error)) return { done: false, busy: false } as const;
      throw error;
    }
  };
  await poll(isThere, { clock, signal, deadline: lateUntil, pace: PACE });
}

/** Deletes the change set, as soon as it can be deleted. One that is gone already is deleted. */
async function removeChangeSet(
  { cfn, clock, signal, deadline }: SettleContext,
  owed: Owed,
): Promise<'deleted' | 'executed'> {
  const which = { StackName: owed.stackId ?? owed.stackName, ChangeSetName: owed.changeSetName };
  let missing = 0;
  const attempt = async () => {
    try {
      await cfn.deleteChangeSet(which);
      return { done: true, value: 'deleted' } as const;
    } catch (error) {
      if (isChangeSetMissing(error)) return { done: true, value: 'deleted' } as const;
      const fact = classify(error);
      if (fact.kind !== 'other' || !/^InvalidChangeSetStatus/.test(fact.code)) throw error;
      // Either it is being worked out and can be deleted in a moment, or it has been executed.
      const status = await executionStatus(cfn, which);
      missing = status === 'missing' ? missing + 1 : 0;
      return status?.startsWith('EXECUTE_') || missing === MISSING_READINGS
        ? ({ done: true, value: 'executed' } as const)
        : ({ done: false, busy: true } as const);
    }
  };
  const result = await poll(attempt, { clock, signal, deadline, pace: PACE });
  if (result === undefined) throw new Error('CloudFormation was not ready to delete the change set in time');
  if (result === 'deleted' && owed.nested === true) await awaitRemoval({ cfn, clock, signal, deadline }, which);
  return result;
}

async function executionStatus(
  cfn: SettleContext['cfn'],
  which: { readonly StackName: string; readonly ChangeSetName: string },
): Promise<string | undefined> {
  try {
    return (await cfn.describeChangeSet(which)).ExecutionStatus;
  } catch (error) {
    if (isChangeSetMissing(error)) return 'missing';
    throw error;
  }
}

/**
 * A call that succeeds has deleted the change set, unless it has nested ones: those of the whole hierarchy are deleted
 * one after the other (API reference, DeleteChangeSet). Waits until it is gone.
 */
async function awaitRemoval(
  { cfn, clock, signal, deadline }: SettleContext,
  which: { readonly StackName: string; readonly ChangeSetName: string },
): Promise<void> {
  const isDeleted = async () => {
    try {
      const { Status, StatusReason } = await cfn.describeChangeSet(which);
      if (Status === 'DELETE_FAILED')
        throw new Error(`the change set is in DELETE_FAILED: ${StatusReason ?? 'no reason'}`);
      return Status === 'DELETE_COMPLETE'
        ? ({ done: true, value: true } as const)
        : ({ done: false, busy: true } as const);
    } catch (error) {
      if (isChangeSetMissing(error)) return { done: true, value: true } as const;
      throw error;
    }
  };
  if ((await poll(isDeleted, { clock, signal, deadline, pace: PACE })) === undefined)
    throw new Error('CloudFormation had not deleted the change set in time');
}

/** The stack as it is; by its ARN it is found for certain, if not at first. */
async function shellOf({ cfn, clock, signal, deadline }: SettleContext, owed: Owed): Promise<Stack | undefined> {
  const { stackId } = owed;
  if (stackId === undefined) return describeStack(cfn, owed.stackName);
  const find = async () => {
    const stack = await describeStack(cfn, stackId);
    return stack === undefined ? ({ done: false, busy: true } as const) : ({ done: true, value: stack } as const);
  };
  const found = await poll(find, { clock, signal, deadline, pace: PACE });
  if (found === undefined) throw new Error('CloudFormation did not show the empty stack in time');
  return found;
}

/** Deletes the shell, unless somebody has given it resources or another change set since, and waits until it is gone. */
async function removeShell({ cfn, clock, signal, deadline }: SettleContext, owed: Owed): Promise<void> {
  const stack = await shellOf({ cfn, clock, signal, deadline }, owed);
  if (stack?.status !== 'REVIEW_IN_PROGRESS') return;
  const { Summaries = [] } = await cfn.listChangeSets({ StackName: stack.id });
  const others = Summaries.filter(
    ({ ChangeSetName, Status }) => ChangeSetName !== owed.changeSetName && !Status?.startsWith('DELETE_'),
  );
  if (others.length > 0) return;
  await cfn.deleteStack({ StackName: stack.id });
  const isDeleted = async () => {
    const status = (await describeStack(cfn, stack.id))?.status ?? 'DELETE_COMPLETE';
    if (status === 'DELETE_FAILED') throw new Error('the stack is in DELETE_FAILED');
    return status === 'DELETE_COMPLETE'
      ? ({ done: true, value: true } as const)
      : ({ done: false, busy: true } as const);
  };
  if ((await poll(isDeleted, { clock, signal, deadline, pace: PACE })) === undefined)
    throw new Error('CloudFormation had not deleted the empty stack in time');
}

function leftBehind(owed: Owed, error: unknown): Finding {
  const { region, stackName, changeSetName, shellIsOurs } = owed;
  const command = shellIsOurs
    ? awsCommand('cloudformation', 'delete-stack', ['--stack-name', stackName, '--region', region])
    : awsCommand('cloudformation', 'delete-change-set', [
        '--change-set-name',
        changeSetName,
        '--stack-name',
        stackName,
        '--region',
        region,
      ]);
  const what = shellIsOurs ? `the empty stack ${stackName}` : `change set ${changeSetName} of stack ${stackName}`;
  return {
    level: 'warning',
    title: `Left behind: ${what}`,
    message: whyOf(error, what),
    remedy: shellIsOurs ? `While it is still in REVIEW_IN_PROGRESS: ${command}` : command,
  };
}

function whyOf(error: unknown, what: string): string {
  const fact = classify(error);
  if (fact.kind === 'other' && fact.code === 'Error') return `${fact.message}.`;
  return asFailure(error, `remove ${what}`)
    .findings.map(({ title, message }) => `${title}. ${message}`)
    .join('\n');
}
