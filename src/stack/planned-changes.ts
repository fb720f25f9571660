import type { Change, DescribeChangeSetCommandOutput } from '@aws-sdk/client-cloudformation';
import { stackNameInArn } from '../aws/arn.ts';
import { classify, orFailure } from '../aws/errors.ts';
import { saysNothingChanges } from './change-set.ts';
import type { Calls, StackContext } from './context.ts';
import { isChangeSetMissing, whileUnknown } from './missing-change-set.ts';
import type { ChangeSet } from './model.ts';
import type { PlannedChangeSet, PlannedResource } from './planned-model.ts';
import { plannedResourceOf } from './planned-resource.ts';

type ReadCalls = Calls<'describeChangeSet'>;

/** The ARN of a change set, and that of its stack, by which IAM knows it; empty where that is not known. */
export type WhichChangeSet = Pick<ChangeSet, 'id' | 'stackId'>;

export interface ReadOptions {
  /** Whether the values are read too, which takes as many calls again. What changes is complete without them. */
  readonly values?: boolean;
}

/** A guard against a service that tells of nested stacks without an end. */
const DEEPEST = 16;

/**
 * Everything that CloudFormation tells about a change set that is ready: all pages, with values, and what would change
 * in nested stacks. Throws Failure with the reasons of any AWS call.
 */
export function readPlannedChanges(
  context: StackContext<'describeChangeSet'>,
  which: WhichChangeSet,
  { values = true }: ReadOptions = {},
): Promise<PlannedChangeSet> {
  const { cfn } = context;
  // Of those of nested stacks some are never found.
  const describeChangeSet: typeof cfn.describeChangeSet = (input) =>
    input.ChangeSetName === which.id
      ? whileUnknown(context, () => cfn.describeChangeSet(input))
      : cfn.describeChangeSet(input);
  return readAt({ describeChangeSet }, which, values, 0);
}

async function readAt(
  cfn: ReadCalls,
  which: WhichChangeSet,
  values: boolean,
  depth: number,
): Promise<PlannedChangeSet> {
  const { first, changes, hasValues } = await completeChanges(cfn, which, values);
  const resources: PlannedResource[] = [];
  for (const { resource, nestedId } of changes) {
    const follow = nestedId !== undefined && nestedId !== which.id && depth < DEEPEST;
    const inside = { id: nestedId ?? '', stackId: stackOf(resource) };
    const nested = follow ? await readNested(cfn, inside, values, depth + 1) : undefined;
    resources.push(nested === undefined ? resource : { ...resource, nested });
  }
  const parameters = (first.Parameters ?? []).map(
    ({ ParameterKey = '', ParameterValue = '', ResolvedValue }) =>
      [
        ParameterKey,
        { value: ParameterValue, ...(ResolvedValue !== undefined && { resolvedValue: ResolvedValue }) },
      ] as const,
  );
  return {
    id: first.ChangeSetId ?? which.id,
    stackId: first.StackId ?? which.stackId,
    empty: saysNothingChanges(first),
    resources,
    parameters: Object.fromEntries(parameters),
    hasValues,
    revertsDrift: first.DeploymentMode === 'REVERT_DRIFT',
  };
}

/** The physical id of a nested stack is its ARN; one that is only to be created has none that is told. */
function stackOf({ physicalId = '' }: PlannedResource): string {
  return physicalId.startsWith('arn:') ? physicalId : '';
}

/** A nested stack that is only to be created has no change set of its own when its parent does not say what is in it. */
async function readNested(
  cfn: ReadCalls,
  which: WhichChangeSet,
  values: boolean,
  depth: number,
): Promise<PlannedChangeSet | undefined> {
  try {
    return await readAt(cfn, which, values, depth);
  } catch (error) {
    if (isChangeSetMissing(error instanceof Error && error.cause !== undefined ? error.cause : error)) return undefined;
    throw error;
  }
}

interface Changes {
  readonly first: DescribeChangeSetCommandOutput;
  readonly changes: readonly PlannedChange[];
  readonly hasValues: boolean;
}

type PlannedChange = ReturnType<typeof plannedResourceOf>[number];

/**
 * The change set read both ways. With values CloudFormation leaves changes out: some with a word in the status reason
 * ("[WARN] --include-property-values option can return incomplete ChangeSet data"), others without one: a property that
 * refers to an attribute of a resource that is changed in place, as a group's launch template version does. Without
 * values nothing is left out; what was told with values is put in its place.
 */
async function completeChanges(cfn: ReadCalls, which: WhichChangeSet, values: boolean): Promise<Changes> {
  const [valued, plain] = await Promise.all([values ? withValues(cfn, which) : undefined, allPages(cfn, which, false)]);
  const all = plain.changes.flatMap(plannedResourceOf);
  if (valued === undefined) return { first: plain.first, changes: all, hasValues: false };
  return { first: plain.first, changes: merge(all, valued.changes.flatMap(plannedResourceOf)), hasValues: true };
}

/** Undefined where the service does not know the option. */
async function withValues(cfn: ReadCalls, which: WhichChangeSet): Promise<Pages | undefined> {
  try {
    return await allPages(cfn, which, true);
  } catch (error) {
    const fact = classify(error instanceof Error && error.cause !== undefined ? error.cause : error);
    if (fact.kind === 'other' && fact.code === 'ValidationError' && /IncludePropertyValues/i.test(fact.message))
      return undefined;
    throw error;
  }
}

interface Pages {
  readonly first: DescribeChangeSetCommandOutput;
  readonly changes: readonly Change[];
}

async function allPages(cfn: ReadCalls, { id, stackId }: WhichChangeSet, includeValues: boolean): Promise<Pages> {
  const read = (token?: string) =>
    orFailure(
      `read change set ${stackNameInArn(id)}`,
      cfn.describeChangeSet({
        ChangeSetName: id,
        ...(stackId !== '' && { StackName: stackId }),
        ...(includeValues && { IncludePropertyValues: true }),
        ...(token && { NextToken: token }),
      }),
    );
  const first = await read();
  const changes = [...(first.Changes ?? [])];
  for (let token = first.NextToken; token !== undefined; ) {
    const page = await read(token);
    changes.push(...(page.Changes ?? []));
    token = page.NextToken;
  }
  return { first, changes };
}

/**
 * Everything of the complete reading, each detail with its values where the other reading has them; what only that one
 * tells is marked, since a reading without values does not have it.
 */
function merge(complete: readonly PlannedChange[], valued: readonly PlannedChange[]): PlannedChange[] {
  const told = new Map(valued.map((change) => [change.resource.logicalId, change]));
  const merged = complete.map((change): PlannedChange => {
    const found = told.get(change.resource.logicalId)?.resource;
    if (found === undefined) return change;
    const known = new Set(found.details.map(keyOf));
    const plain = new Set(change.resource.details.map(keyOf));
    const details = [
      ...found.details.map((detail) => (plain.has(keyOf(detail)) ? detail : { ...detail, onlyWithValues: true })),
      ...change.resource.details.filter((detail) => !known.has(keyOf(detail))),
    ];
    const { before, after } = found;
    return {
      ...change,
      resource: {
        ...change.resource,
        details,
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      },
    };
  });
  const ids = new Set(complete.map(({ resource }) => resource.logicalId));
  const others = valued.filter(({ resource }) => !ids.has(resource.logicalId));
  return [
    ...merged,
    ...others.map((change) => ({ ...change, resource: { ...change.resource, onlyWithValues: true } })),
  ];
}

function keyOf({ attribute, name, source, entity }: PlannedResource['details'][number]): string {
  return JSON.stringify([attribute, name, source, entity]);
}
