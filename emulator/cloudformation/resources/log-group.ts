import type { LogGroupClass } from '@aws-sdk/client-cloudwatch-logs';
import type { Account, ResourceState, Services } from '../../types.ts';
import { changed } from './changed.ts';
import { physicalName } from './physical-name.ts';
import { provider } from './provider.ts';
import { templateTags } from './reading.ts';
import { unlessGone } from './stabilize.ts';
import { mergedTags, type Tag, tagChanges } from './tags.ts';

interface LogGroupProperties {
  readonly LogGroupName?: string;
  readonly LogGroupClass?: LogGroupClass;
  readonly RetentionInDays?: number;
  readonly KmsKeyId?: string;
  readonly Tags?: readonly Tag[];
}

export const logGroup = provider<LogGroupProperties>({
  type: 'AWS::Logs::LogGroup',
  properties: ['LogGroupName', 'LogGroupClass', 'RetentionInDays', 'KmsKeyId', 'Tags'],

  async create({ services, properties, account, ...request }) {
    const logGroupName = properties.LogGroupName ?? physicalName(request, 512);
    const tags = mergedTags(request.tags, properties.Tags);
    await services.logs.createLogGroup({
      logGroupName,
      logGroupClass: properties.LogGroupClass,
      kmsKeyId: properties.KmsKeyId,
      ...(tags.length > 0 && { tags: Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value])) }),
    });
    const state = stateOf(logGroupName, account);
    request.initiated(state);
    if (properties.RetentionInDays !== undefined) {
      await services.logs.putRetentionPolicy({ logGroupName, retentionInDays: properties.RetentionInDays });
    }
    return state;
  },

  async update({ services, properties, tags }, previous) {
    const logGroupName = previous.physicalId;
    const before = previous.properties;
    if (changed(before, properties, 'RetentionInDays')) {
      await (properties.RetentionInDays === undefined
        ? services.logs.deleteRetentionPolicy({ logGroupName })
        : services.logs.putRetentionPolicy({ logGroupName, retentionInDays: properties.RetentionInDays }));
    }
    if (changed(before, properties, 'KmsKeyId')) {
      await (properties.KmsKeyId === undefined
        ? services.logs.disassociateKmsKey({ logGroupName })
        : services.logs.associateKmsKey({ logGroupName, kmsKeyId: properties.KmsKeyId }));
    }
    const { set, remove } = tagChanges(before.Tags ?? [], mergedTags(tags, properties.Tags));
    const resourceArn = String(previous.attributes.Arn).replace(/:\*$/, '');
    if (set.length > 0) {
      const changes = Object.fromEntries(set.map((tag) => [tag.Key, tag.Value]));
      await services.logs.tagResource({ resourceArn, tags: changes });
    }
    if (remove.length > 0) await services.logs.untagResource({ resourceArn, tagKeys: remove });
    return { physicalId: logGroupName, attributes: previous.attributes };
  },

  async delete({ services }, { physicalId: logGroupName }) {
    await unlessGone(['ResourceNotFoundException'], () => services.logs.deleteLogGroup({ logGroupName }));
  },

  async read({ services }, { physicalId: logGroupName, attributes }) {
    const now = await described(services, logGroupName);
    if (now === undefined) return undefined;
    const resourceArn = String(attributes.Arn).replace(/:\*$/, '');
    const { tags = {} } = await services.logs.listTagsForResource({ resourceArn });
    return {
      LogGroupName: logGroupName,
      LogGroupClass: now.logGroupClass,
      RetentionInDays: now.retentionInDays,
      Tags: templateTags(Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))),
    };
  },

  async find({ services, account }, logGroupName) {
    return (await described(services, logGroupName)) && stateOf(logGroupName, account);
  },
});

async function described(services: Services, name: string) {
  const { logGroups = [] } = await services.logs.describeLogGroups({ logGroupNamePrefix: name });
  return logGroups.find(({ logGroupName }) => logGroupName === name);
}

function stateOf(name: string, { region, accountId }: Account): ResourceState {
  return { physicalId: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
}
