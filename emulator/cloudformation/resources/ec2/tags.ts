import type { ResourceType } from '@aws-sdk/client-ec2';
import type { Services } from '../../../types.ts';
import { mergedTags, type Tag, tagChanges } from '../tags.ts';

/** Tags for an EC2 create call; undefined when there are none, since EC2 refuses an empty specification. */
export function tagSpecifications(
  resourceType: ResourceType,
  stackTags: Readonly<Record<string, string>>,
  own?: readonly Tag[],
) {
  const tags = mergedTags(stackTags, own);
  return tags.length > 0 ? { TagSpecifications: [{ ResourceType: resourceType, Tags: tags }] } : {};
}

/** Brings the tags of an EC2 resource from the template's former ones to the present ones and the stack's. */
export async function updateEc2Tags(
  services: Services,
  resourceId: string,
  before: readonly Tag[] | undefined,
  after: readonly Tag[],
): Promise<void> {
  const { set, remove } = tagChanges(before ?? [], after);
  if (set.length > 0) await services.ec2.createTags({ Resources: [resourceId], Tags: set });
  if (remove.length > 0) {
    await services.ec2.deleteTags({ Resources: [resourceId], Tags: remove.map((Key) => ({ Key })) });
  }
}
