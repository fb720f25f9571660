import type { Change, DescribeChangeSetCommandOutput } from '@aws-sdk/client-cloudformation';
import { classify, orFailure } from '../aws/errors.ts';
import { saysNothingChanges } from './change-set.ts';
import type { Calls } from './context.ts';
import type { PlannedChangeSet, PlannedResource } from './planned-model.ts';
import { plannedResourceOf } from './planned-resource.ts';

type ReadCalls = Calls<'describeChangeSet'>;

/** A guard against a service that tells of nested stacks without an end. */
const DEEPEST = 16;

/**
 * Everything that CloudFormation tells about a change set that is ready: all pages, with values, and what would change
 * in nested stacks. `changeSetId` is the ARN. Throws Failure with the reasons of any AWS call.
 */
export async function readPlannedChanges(cfn: ReadCalls, changeSetId: string, depth = 0): Promise<PlannedChangeSet> {
  const { first, changes, hasValues } = await completeChanges(cfn, changeSetId);
  const resources: PlannedResource[] = [];
  for (const { resource, nestedId } of changes) {
    const follow = nestedId !== undefined && nestedId !== changeSetId && depth < DEEPEST;
    const nested = follow ? await readNested(cfn, nestedId, depth + 1) : undefined;
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
    id: first.ChangeSetId ?? changeSetId,
    empty: saysNothingChanges(first),
    resources,
    parameters: Object.fromEntries(parameters),
    hasValues,
  };
}

/** A nested stack that is only to be created has no change set of its own when its parent does not say what is in it. */
async function readNested(cfn: ReadCalls, id: string, depth: number): Promise<PlannedChangeSet | undefined> {
  try {
    return await readPlannedChanges(cfn, id, depth);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  const fact = classify(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return fact.kind === 'other' && /^ChangeSetNotFound/.test(fact.code);
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
async function completeChanges(cfn: ReadCalls, id: string): Promise<Changes> {
  const [valued, plain] = await Promise.all([withValues(cfn, id), allPages(cfn, id, false)]);
  const all = plain.changes.flatMap(plannedResourceOf);
  if (valued === undefined) return { first: plain.first, changes: all, hasValues: false };
  return { first: plain.first, changes: merge(all, valued.changes.flatMap(plannedResourceOf)), hasValues: true };
}

/** Undefined where the service does not know the option. */
async function withValues(cfn: ReadCalls, id: string): Promise<Pages | undefined> {
  try {
    return await allPages(cfn, id, true);
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

async function allPages(cfn: ReadCalls, id: string, includeValues: boolean): Promise<Pages> {
  const read = (token?: string) =>
    orFailure(
      `read change set ${id.split('/').at(1) ?? id}`,
      cfn.describeChangeSet({
        ChangeSetName: id,
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

/** Everything of the complete reading, each detail with its values where the other reading has them. */
function merge(complete: readonly PlannedChange[], valued: readonly PlannedChange[]): PlannedChange[] {
  const told = new Map(valued.map((change) => [change.resource.logicalId, change]));
  const merged = complete.map((change): PlannedChange => {
    const found = told.get(change.resource.logicalId)?.resource;
    if (found === undefined) return change;
    const known = new Set(found.details.map(keyOf));
    const details = [...found.details, ...change.resource.details.filter((detail) => !known.has(keyOf(detail)))];
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
  return [...merged, ...valued.filter(({ resource }) => !ids.has(resource.logicalId))];
}

function keyOf({ attribute, name, source, entity }: PlannedResource['details'][number]): string {
  return JSON.stringify([attribute, name, source, entity]);
}
