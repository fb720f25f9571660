import { randomUUID } from 'node:crypto';
import type { ResourceProvider } from '../../types.ts';
import { ResourceFailure } from './failure.ts';

/**
 * A wait condition with a CreationPolicy, whose signals come through SignalResource. One with a Handle would have to
 * be signalled at a presigned URL, which there is not here.
 */
export const waitConditions: ResourceProvider = {
  type: 'AWS::CloudFormation::WaitCondition',
  async create(request) {
    if (request.properties.Handle !== undefined)
      throw new ResourceFailure('This local AWS does not support wait conditions with a Handle; use a CreationPolicy');
    return { physicalId: `${request.stackId}/${request.logicalId}/${randomUUID()}`, attributes: { Data: '{}' } };
  },
  update: async (_request, previous) => ({ physicalId: previous.physicalId, attributes: previous.attributes }),
  async delete() {},
};
