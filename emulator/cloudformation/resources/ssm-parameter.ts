import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import type { Account, ResourceState } from '../../types.ts';
import { physicalName } from './physical-name.ts';
import { provider } from './provider.ts';
import { ifThere, templateTags } from './reading.ts';
import { unlessGone } from './stabilize.ts';
import { mergedTags, type Tag, tagChanges } from './tags.ts';

interface ParameterProperties {
  readonly Name?: string;
  readonly Type: ParameterType;
  readonly Value: string;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly DataType?: string;
  readonly Tier?: ParameterTier;
  readonly Policies?: string;
  /** A map, unlike the tags of other types. */
  readonly Tags?: Readonly<Record<string, string>>;
}

export const ssmParameter = provider<ParameterProperties>({
  type: 'AWS::SSM::Parameter',
  properties: ['Name', 'Type', 'Value', 'Description', 'AllowedPattern', 'DataType', 'Tier', 'Policies', 'Tags'],

  async create({ services, account, properties, tags, ...request }) {
    const { Tags, ...same } = properties;
    const Name = properties.Name ?? `CFN-${physicalName(request, 1000)}`;
    await services.ssm.putParameter({ ...same, Name, Tags: mergedTags(tags, tagList(Tags)) });
    return stateOf(Name, properties, account);
  },

  async update({ services, account, properties, tags }, { physicalId: Name, properties: before }) {
    const { Tags, ...same } = properties;
    await services.ssm.putParameter({ ...same, Name, Overwrite: true });
    const { set, remove } = tagChanges(tagList(before.Tags), mergedTags(tags, tagList(Tags)));
    const resource = { ResourceType: 'Parameter', ResourceId: Name } as const;
    if (set.length > 0) await services.ssm.addTagsToResource({ ...resource, Tags: set });
    if (remove.length > 0) await services.ssm.removeTagsFromResource({ ...resource, TagKeys: remove });
    return stateOf(Name, properties, account);
  },

  async delete({ services }, { physicalId: Name }) {
    await unlessGone(['ParameterNotFound'], () => services.ssm.deleteParameter({ Name }));
  },

  async read({ services }, { physicalId: Name }) {
    const found = await ifThere(['ParameterNotFound'], () => services.ssm.getParameter({ Name }));
    const now = found?.Parameter;
    if (now === undefined) return undefined;
    const { TagList } = await services.ssm.listTagsForResource({ ResourceType: 'Parameter', ResourceId: Name });
    return {
      Name,
      Type: now.Type,
      Value: now.Value,
      DataType: now.DataType,
      Tags: Object.fromEntries(templateTags(TagList).map(({ Key, Value }) => [Key, Value])),
    };
  },

  async find({ services, account }, Name) {
    const found = await ifThere(['ParameterNotFound'], () => services.ssm.getParameter({ Name }));
    return found && stateOf(Name, { Type: found.Parameter?.Type, Value: found.Parameter?.Value }, account);
  },
});

function stateOf(
  name: string,
  { Type, Value }: { readonly [Name in 'Type' | 'Value']: string | undefined },
  { region, accountId }: Account,
): ResourceState {
  const path = name.startsWith('/') ? name : `/${name}`;
  return {
    physicalId: name,
    attributes: { Type, Value, Arn: `arn:aws:ssm:${region}:${accountId}:parameter${path}` },
  };
}

function tagList(tags: Readonly<Record<string, string>> = {}): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
