import type { AwsError } from '../aws/errors.ts';
import { Failure } from '../types.ts';
import { locateNearest } from './explain.ts';
import type { Locate, Stack } from './model.ts';
import { isBusy, stackState } from './status.ts';

interface Refused {
  readonly stackName: string;
  readonly stack: Stack | undefined;
  readonly region: string;
  readonly locate: Locate;
}

/** What CloudFormation's refusal to create a change set at all means, with what to do about it. */
export function refusalOf(fact: AwsError & { readonly kind: 'other' }, request: Refused, cause: unknown): Failure {
  const { stackName } = request;
  const status = /is in (\w+) state and can ?not be updated/.exec(fact.message)?.[1];
  if (status !== undefined) return inTheWrongState(status, request, cause);
  const finding = {
    level: 'error',
    title: `CloudFormation refused the change set for stack ${stackName}`,
    message: fact.message,
  } as const;
  switch (fact.code) {
    case 'InsufficientCapabilitiesException':
    case 'InsufficientCapabilities': {
      const remedy = 'Add what the message asks for to the input `capabilities`.';
      return new Failure('invalid-config', [{ ...finding, remedy }], { cause });
    }
    case 'LimitExceededException': {
      const remedy = 'Remove stacks or change sets that are not needed, or ask for a higher quota.';
      return new Failure('change-set-failed', [{ ...finding, remedy }], { cause });
    }
    default: {
      const path = /\/(Resources\/[\w/]+)/.exec(fact.message)?.[1]?.split('/');
      const location = path && locateNearest(path, request.locate);
      return new Failure('change-set-failed', [{ ...finding, ...(location && { location }) }], { cause });
    }
  }
}

/** Another operation came between reading the stack and creating the change set. */
function inTheWrongState(status: string, { stackName, stack, region }: Refused, cause: unknown): Failure {
  if (stack === undefined || isBusy(status))
    return new Failure(
      'stack-busy',
      [
        {
          level: 'error',
          title: `Another operation has begun on stack ${stackName}`,
          message: `The stack is in ${status}, which it was not a moment ago. Nothing was changed.`,
          remedy: 'Run the job again: it waits for the operation. A `concurrency` group keeps jobs apart.',
        },
      ],
      { cause },
    );
  const state = stackState({ ...stack, status }, { region });
  const findings = state.kind === 'stuck' ? [state.finding] : [];
  return new Failure('stack-stuck', findings, { cause });
}
