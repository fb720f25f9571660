import type { StackStatus } from '@aws-sdk/client-cloudformation';
import type { Finding } from '../types.ts';
import { awsCommand } from './command.ts';
import type { Stack } from './model.ts';

/** What a stack's status permits. */
export type StackState =
  /** There is none: a change set of type CREATE makes it. */
  | { readonly kind: 'absent' }
  /** A shell around change sets of type CREATE, without resources. */
  | { readonly kind: 'review' }
  /** An operation is under way; it can be followed, and no change set can be executed until it ends. */
  | { readonly kind: 'busy'; readonly operation: Operation }
  /** A change set of type UPDATE can be executed. */
  | { readonly kind: 'deployable' }
  /** Only a person can go on, except that a `replaceable` stack may be deleted where the user has permitted it. */
  | { readonly kind: 'stuck'; readonly replaceable: boolean; readonly finding: Finding };

export type Operation = 'create' | 'update' | 'delete' | 'rollback' | 'import';

type Rule =
  | { readonly kind: 'absent' | 'review' | 'deployable' }
  | { readonly kind: 'busy'; readonly operation: Operation }
  | { readonly kind: 'stuck'; readonly replaceable?: true; readonly why: string; readonly mend: Mend };

/** The commands that bring a stuck stack out of its state, each with what it does. */
type Mend = readonly { readonly does: string; readonly command: readonly string[]; readonly listsFailed?: true }[];

const DELETE_MEND = { does: 'to delete the stack', command: ['delete-stack'] };
const FORCE_DELETE_MEND = {
  does: 'to delete it all the same and leave behind what cannot be deleted',
  command: ['delete-stack', '--deletion-mode', 'FORCE_DELETE_STACK'],
};
const ROLLBACK_MEND = { does: 'to roll back to the last stable state', command: ['rollback-stack'] };
const LOOK = ['describe-stack-events'];

const busy = (operation: Operation): Rule => ({ kind: 'busy', operation });

/** What each status permits (CloudFormation User Guide, "Stack status codes" and "Failure options"). */
const RULES: Readonly<Record<StackStatus, Rule>> = {
  CREATE_COMPLETE: { kind: 'deployable' },
  UPDATE_COMPLETE: { kind: 'deployable' },
  UPDATE_ROLLBACK_COMPLETE: { kind: 'deployable' },
  IMPORT_COMPLETE: { kind: 'deployable' },
  IMPORT_ROLLBACK_COMPLETE: { kind: 'deployable' },
  REVIEW_IN_PROGRESS: { kind: 'review' },
  DELETE_COMPLETE: { kind: 'absent' },
  CREATE_IN_PROGRESS: busy('create'),
  UPDATE_IN_PROGRESS: busy('update'),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: busy('update'),
  DELETE_IN_PROGRESS: busy('delete'),
  ROLLBACK_IN_PROGRESS: busy('rollback'),
  UPDATE_ROLLBACK_IN_PROGRESS: busy('rollback'),
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: busy('rollback'),
  IMPORT_IN_PROGRESS: busy('import'),
  IMPORT_ROLLBACK_IN_PROGRESS: busy('import'),
  CREATE_FAILED: {
    kind: 'stuck',
    why: 'its creation failed and what it had made by then was kept',
    mend: [{ does: 'to undo that, which deletes the stack', command: ['rollback-stack'] }, DELETE_MEND],
  },
  UPDATE_FAILED: {
    kind: 'stuck',
    why: 'its last update failed and was not rolled back',
    mend: [ROLLBACK_MEND],
  },
  ROLLBACK_COMPLETE: {
    kind: 'stuck',
    replaceable: true,
    why: 'its creation failed and was rolled back; such a stack can only be deleted',
    mend: [DELETE_MEND],
  },
  ROLLBACK_FAILED: {
    kind: 'stuck',
    why: 'its creation failed, and so did the rollback',
    // API Reference, DeleteStack: the mode is for stacks in DELETE_FAILED.
    mend: [DELETE_MEND, { ...FORCE_DELETE_MEND, does: `if that ends in DELETE_FAILED, ${FORCE_DELETE_MEND.does}` }],
  },
  UPDATE_ROLLBACK_FAILED: {
    kind: 'stuck',
    why: 'its last update failed, and so did the rollback',
    mend: [
      { does: 'to try the rollback again, once its cause is mended', command: ['continue-update-rollback'] },
      {
        does: 'to go on without the resources that cannot be rolled back (they stay as they are)',
        command: ['continue-update-rollback', '--resources-to-skip'],
        listsFailed: true,
      },
    ],
  },
  DELETE_FAILED: {
    kind: 'stuck',
    why: 'it could not be deleted completely',
    mend: [DELETE_MEND, FORCE_DELETE_MEND],
  },
  IMPORT_ROLLBACK_FAILED: {
    kind: 'stuck',
    // No operation but a deletion names this status as one that it starts from.
    why: 'an import failed, and so did its rollback; AWS documents no operation that goes on from there',
    mend: [
      { does: 'to see what failed, and to show it to AWS Support', command: LOOK },
      {
        does: 'to delete the stack, and with it every resource whose DeletionPolicy does not retain it',
        command: ['delete-stack'],
      },
    ],
  },
};

export interface StuckDetails {
  readonly region: string;
  /** Resources that could not be rolled back, as `continue-update-rollback --resources-to-skip` takes them. */
  readonly failedResources?: readonly string[];
}

/**
 * What a stack's status permits. A status that CloudFormation has added since this was written is stuck: it is told,
 * and never taken for success.
 */
export function stackState(stack: Stack | undefined, { region, failedResources = [] }: StuckDetails): StackState {
  if (stack === undefined) return { kind: 'absent' };
  const rule = isStackStatus(stack.status) ? RULES[stack.status] : unknownStatus;
  if (rule.kind === 'busy') return { kind: 'busy', operation: rule.operation };
  if (rule.kind !== 'stuck') return { kind: rule.kind };
  const finding: Finding = {
    level: 'error',
    title: `Stack ${stack.name} is in ${stack.status}`,
    message:
      `CloudFormation accepts no deployment: ${rule.why}.` +
      (stack.statusReason ? ` CloudFormation says: ${stack.statusReason.trim()}` : ''),
    remedy: remedyOf(rule.mend, stack, region, failedResources) + (rule.replaceable ? REPLACE_HINT : ''),
  };
  return { kind: 'stuck', replaceable: rule.replaceable ?? false, finding };
}

/** What a stack needs before anything can be deployed to it again, with the commands; undefined where it needs nothing. */
export function neededBeforeNext(stack: Stack, details: StuckDetails): string | undefined {
  const state = stackState(stack, details);
  if (state.kind !== 'stuck') return undefined;
  return `${state.finding.title}, and takes no deployment before this is done:\n${state.finding.remedy}`;
}

const REPLACE_HINT =
  '\nWith `replace-failed-stack: true` the deployment deletes such a stack itself before it creates it again.';

const unknownStatus: Rule = {
  kind: 'stuck',
  why: 'this status is not known to this version of ECS Muster',
  mend: [{ does: 'to see what happened', command: LOOK }],
};

function remedyOf(mend: Mend, stack: Stack, region: string, failedResources: readonly string[]): string {
  return mend
    .filter(({ listsFailed }) => !listsFailed || failedResources.length > 0)
    .map(({ does, command: [verb = '', ...options], listsFailed }) => {
      const rest = listsFailed ? [...options, ...failedResources] : options;
      return `${does}: ${awsCommand('cloudformation', verb, ['--stack-name', stack.name, '--region', region, ...rest])}`;
    })
    .join('\n');
}

export function isStackStatus(status: string): status is StackStatus {
  return Object.hasOwn(RULES, status);
}

/** Whether an operation that ended in this status has done what was asked: create, update or import. */
export function isSuccess(status: string): boolean {
  return status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE' || status === 'IMPORT_COMPLETE';
}

/** Whether an operation is under way in this status. A shell under review is at rest. */
export function isBusy(status: string): boolean {
  return isStackStatus(status) && RULES[status].kind === 'busy';
}

/** Whether a stack in this status is undoing what failed. */
export function isRollback(status: string): boolean {
  return /ROLLBACK_IN_PROGRESS$/.test(status);
}
