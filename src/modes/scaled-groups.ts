import type { Aws } from '../aws/aws.ts';
import { asFailure } from '../aws/errors.ts';
import type { Scaling } from '../cluster/request.ts';
import { liveScaling } from '../cluster/scaling.ts';
import { GROUP_TYPE, isDesiredCapacity, type ScaledGroups } from '../drift/by-design.ts';
import type { StackDrift } from '../stack/drift-model.ts';
import { landscapeOf } from '../template/cluster.ts';
import { describeGroup } from '../template/groups.ts';
import type { Values } from '../template/resolve.ts';
import type { Template } from '../template/template.ts';
import type { Finding } from '../types.ts';
import { scalingOf } from './roll-call.ts';

/** What moves the groups whose desired capacity is not what was deployed: as the template says, else the live group. */
export async function scaledGroups(
  stacks: readonly StackDrift[],
  { before, values }: { readonly before: Template | undefined; readonly values: Values },
  aws: Aws,
): Promise<{ readonly groups: ScaledGroups; readonly findings: readonly Finding[] }> {
  const groups = new Map<string, readonly Scaling[]>();
  const findings: Finding[] = [];
  const landscape = before && landscapeOf(before, values);
  for (const stack of stacks)
    for (const resource of stack.resources) {
      const moved = resource.differences.some((difference) => isDesiredCapacity(resource, difference));
      if (!moved || resource.physicalId === undefined) continue;
      const { logicalId, physicalId } = resource;
      const path = [...stack.path, logicalId].join('/');
      const own = stack.path.length === 0 ? landscape?.resources.get(logicalId) : undefined;
      const told = own?.type === GROUP_TYPE && landscape ? scalingOf(describeGroup(own, '', landscape)) : [];
      if (told.length > 0) {
        groups.set(path, told);
        continue;
      }
      const live = await askAws(aws, physicalId, path);
      groups.set(path, live.scaledBy);
      findings.push(...live.findings);
    }
  return { groups, findings };
}

async function askAws(aws: Aws, name: string, logicalId: string) {
  try {
    return await liveScaling(aws, { name, logicalId, scaledBy: [], weighted: false });
  } catch (error) {
    throw asFailure(error, `read what scales Auto Scaling group ${name}`);
  }
}
