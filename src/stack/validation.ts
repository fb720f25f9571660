import type { OperationEvent } from '@aws-sdk/client-cloudformation';
import { asFailure } from '../aws/errors.ts';
import { Failure, type Finding } from '../types.ts';
import type { Calls } from './context.ts';
import { locateNearest } from './explain.ts';
import type { Locate } from './model.ts';

/**
 * How long the call may take, retries included, when its answer explains a failure and when it only might add a
 * warning: a service without it answers nothing useful. Milliseconds.
 */
const PATIENCE = { wanted: 10_000, unwanted: 3_000 };

/**
 * What CloudFormation's validations and hooks found about a change set: errors for what made it fail, warnings for what
 * it only warns of, each at its property in the template. `changeSetId` must be the ARN; DescribeEvents takes no name.
 *
 * Older roles lack cloudformation:DescribeEvents, and not every region has it: then there is one warning, which says
 * so, when `wanted`, and nothing otherwise.
 */
export async function validationFindings(
  cfn: Calls<'describeEvents'>,
  changeSetId: string,
  { locate, wanted }: { readonly locate: Locate; readonly wanted: boolean },
): Promise<Finding[]> {
  try {
    return (await eventsOf(cfn, changeSetId, wanted ? PATIENCE.wanted : PATIENCE.unwanted)).flatMap((event) =>
      findingOf(event, locate),
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (!wanted) return [];
    return asFailure(error, 'read why the change set failed').findings.map(
      (finding): Finding => ({ ...finding, level: 'warning' }),
    );
  }
}

async function eventsOf(
  cfn: Calls<'describeEvents'>,
  changeSetId: string,
  patience: number,
): Promise<OperationEvent[]> {
  const abortSignal = AbortSignal.timeout(patience);
  const events: OperationEvent[] = [];
  let token: string | undefined;
  do {
    const page = await cfn.describeEvents(
      { ChangeSetName: changeSetId, ...(token && { NextToken: token }) },
      { abortSignal },
    );
    events.push(...(page.OperationEvents ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return events;
}

function findingOf(event: OperationEvent, locate: Locate): Finding[] {
  switch (event.EventType) {
    case 'VALIDATION_ERROR':
      return event.ValidationStatus === 'FAILED' ? [validationFinding(event, locate)] : [];
    case 'HOOK_INVOCATION_ERROR':
      return [hookFinding(event, locate)];
    default:
      return [];
  }
}

function validationFinding(event: OperationEvent, locate: Locate): Finding {
  const path = event.ValidationPath ? pathOf(event.ValidationPath) : ['Resources', event.LogicalResourceId ?? ''];
  const location = locateNearest([...path, ...extraneousKey(event.ValidationStatusReason)], locate);
  const place = path.slice(1).filter((part) => part !== 'Properties');
  return {
    level: event.ValidationFailureMode === 'WARN' ? 'warning' : 'error',
    title: `${place.join('.')}: ${event.ValidationName ?? 'validation'}`,
    message: event.ValidationStatusReason ?? 'CloudFormation gave no reason',
    ...(location && { location }),
  };
}

/** A property that the type does not have is named in the reason alone: the path is that of what it stands in. */
function extraneousKey(reason = ''): string[] {
  const [, key] = /extraneous key \[([^\]]+)\] is not permitted/.exec(reason) ?? [];
  return key === undefined ? [] : [key];
}

function hookFinding(event: OperationEvent, locate: Locate): Finding {
  const id = event.LogicalResourceId;
  const location = id === undefined ? undefined : locate(['Resources', id]);
  return {
    level: event.HookFailureMode === 'WARN' ? 'warning' : 'error',
    title: `${id ?? 'The stack'}: hook ${event.HookType ?? ''} refused it`,
    message: event.HookStatusReason ?? 'The hook gave no reason',
    remedy: 'The hook belongs to this account or its organization: its owner knows what it asks for.',
    ...(location && { location }),
  };
}

/** A validation's path as its parts: `/Resources/Bucket/Properties/Tags/0`, with RFC 6901's two escapes. */
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .filter((part) => part !== '')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
