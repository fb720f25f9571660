import { orFailure } from '../aws/errors.ts';
import type { Calls } from './context.ts';

/** Physical ids of the resources of these logical ids, as far as the stack has them. Reads no further than it needs. */
export async function physicalIds(
  cfn: Calls<'listStackResources'>,
  stackId: string,
  logicalIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(logicalIds);
  const found = new Map<string, string>();
  let token: string | undefined;
  do {
    if (found.size === wanted.size) break;
    const page = await orFailure(
      'read the resources of the stack',
      cfn.listStackResources({ StackName: stackId, ...(token && { NextToken: token }) }),
    );
    for (const { LogicalResourceId: logicalId = '', PhysicalResourceId: physicalId } of page.StackResourceSummaries ??
      [])
      if (wanted.has(logicalId) && physicalId !== undefined) found.set(logicalId, physicalId);
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}
