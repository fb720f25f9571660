import type { FoundCluster } from '../template/cluster.ts';
import type { TemplateGroup } from '../template/groups.ts';
import type { Finding } from '../types.ts';
import type { DesiredCount } from './inputs.ts';

/**
 * Whether the roll call will know how many container instances to expect, as far as that is certain without AWS: after
 * a deployment it would be too late to ask.
 */
export function checkExpectation({ cluster, findings }: FoundCluster, desiredCount: DesiredCount): Finding[] {
  if (cluster === undefined) return [...findings];
  if (desiredCount.kind === 'number') return [];
  if (cluster.groups.length === 0) return findings.map((finding) => ({ ...finding, level: 'error' }));
  const silent = cluster.groups.filter(({ desiredCapacityLocation }) => desiredCapacityLocation === undefined);
  return desiredCount.kind === 'template' ? silent.map(withoutNumber) : [];
}

function withoutNumber({ logicalId, location }: TemplateGroup): Finding {
  return {
    level: 'error',
    title: `${logicalId} has no DesiredCapacity`,
    message: `'desired-count' is template, and the template has no DesiredCapacity for ${logicalId}: how many container instances to expect is not known.`,
    remedy: "Give DesiredCapacity in the template, or set 'desired-count' to live, auto or a number.",
    location,
  };
}
