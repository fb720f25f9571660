import { describe, expect, test } from '@jest/globals';
import type { CloudFormation } from '../../src/aws/services/cloudformation.ts';
import { deployedAlone, deployedAndProposed, nestedTemplates } from '../../src/modes/nested-templates.ts';
import type { PlannedResource } from '../../src/stack/planned-model.ts';
import { planned, resource } from '../plan/material.ts';

const arn = (name: string) => `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/0`;
const TEXT = 'Resources: { R: { Type: AWS::ECS::Cluster } }\n';

/** A nested stack in which these change, a resource at least. */
function stack(logicalId: string, inner: readonly PlannedResource[] = [resource('R', 'AWS::ECS::Cluster')]) {
  return resource(logicalId, 'AWS::CloudFormation::Stack', {
    physicalId: arn(logicalId),
    nested: { ...planned(inner), id: `${logicalId}-set`, stackId: arn(logicalId) },
  });
}

/** A CloudFormation that has these texts, TEXT where nothing is said; undefined: it refuses to tell. */
function having(texts: Readonly<Record<string, string | undefined>> = {}) {
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const getTemplate: CloudFormation['getTemplate'] = async ({ StackName = '', ChangeSetName = StackName }) => {
    asked.push(ChangeSetName);
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
    const text = Object.hasOwn(texts, ChangeSetName) ? texts[ChangeSetName] : TEXT;
    if (text === undefined) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    return { TemplateBody: text, $metadata: {} };
  };
  return { cfn: { getTemplate }, asked, most: () => most };
}

const pathsOf = async (resources: readonly PlannedResource[], aws: ReturnType<typeof having>) => [
  ...(await nestedTemplates(resources, deployedAndProposed(aws.cfn))).keys(),
];

test('of each nested stack in which something changes both templates are read, however deep it is', async () => {
  const aws = having();
  const quiet = stack('Quiet', []);
  expect(await pathsOf([stack('A', [stack('B')]), quiet, resource('R', 'AWS::ECS::Cluster')], aws)).toEqual([
    'A',
    'A/B',
  ]);
  expect(aws.asked).toEqual([arn('A'), 'A-set', arn('B'), 'B-set']);
});

test('of one that is new there is no deployed template', async () => {
  const aws = having();
  const found = await nestedTemplates([{ ...stack('A'), action: 'Add' }], deployedAndProposed(aws.cfn));
  expect(found.get('A')).toMatchObject({ before: undefined, after: { text: TEXT } });
  expect(aws.asked).toEqual(['A-set']);
});

describe('one is left out, with all that is in it', () => {
  test.each([
    ['whose deployed template is refused', { [arn('A')]: undefined }],
    ['whose new template is refused', { 'A-set': undefined }],
    ['whose deployed template is none', { [arn('A')]: 'Resources: [' }],
    ['whose new template is none', { 'A-set': '' }],
  ])('%s', async (_, texts) => {
    expect(await pathsOf([stack('A', [stack('B')]), stack('C')], having(texts))).toEqual(['C']);
  });
});

test('a repair needs the deployed template alone', async () => {
  const aws = having({ 'A-set': undefined });
  const found = await nestedTemplates([stack('A')], deployedAlone(aws.cfn));
  expect(found.get('A')).toMatchObject({ before: { text: TEXT }, after: { text: TEXT } });
});

test('few are read at once, and not more than there is a use for: those nearest to the root', async () => {
  const aws = having();
  const many = Array.from({ length: 49 }, (_, n) => stack(`S${n}`, [stack('Deep')]));
  const found = await pathsOf(many, aws);
  expect(found).toEqual([...many.map(({ logicalId }) => logicalId), 'S0/Deep']);
  expect(aws.most()).toBeLessThanOrEqual(8);
});
