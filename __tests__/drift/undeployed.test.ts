import { describe, expect, test } from '@jest/globals';
import type { RequestParameter } from '../../src/config/parameters.ts';
import { compareDeployed } from '../../src/drift/undeployed.ts';
import { planContext } from '../../src/plan/context.ts';
import { liveStack } from '../plan/material.ts';
import { templateOf, valuesWith } from '../template/fixtures.ts';

const TEMPLATE = `
Description: A cluster – and more
Parameters:
  Subnets: { Type: CommaDelimitedList, Default: 'a,b' }
  Owner: { Type: String, Default: '' }
  Password: { Type: String, NoEcho: true }
Resources:
  Logs: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: 7, LogGroupName: café } }
`;
const LIVE = { Subnets: { value: 'a, b' }, Owner: { value: '' }, Password: { value: '****' } };

interface Setting {
  readonly live?: Readonly<Record<string, { readonly value: string }>>;
  readonly deployed?: string;
  readonly parameters?: readonly RequestParameter[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly liveTags?: Readonly<Record<string, string>>;
}

function compare({ live = LIVE, deployed = TEMPLATE, parameters = [], tags, liveTags = {} }: Setting = {}) {
  const stack = { ...liveStack(), parameters: live, tags: liveTags };
  const context = planContext(templateOf(deployed), templateOf(TEMPLATE), valuesWith(), ['hunter2']);
  return compareDeployed(stack, context, { parameters, resolved: {}, ...(tags && { tags }) });
}

const given = (name: string, value: string): RequestParameter => ({
  name,
  secret: false,
  place: { where: 'env/dev.cfg:1' },
  kind: 'value',
  value,
});

describe('what is the same', () => {
  test('white space in a list, a NoEcho value that nobody can compare, and a template as CloudFormation keeps it', () => {
    expect(compare()).toEqual({ unchecked: [{ what: 'parameter Password', why: expect.stringContaining('NoEcho') }] });
    expect(compare({ deployed: TEMPLATE.replace(/[^\p{ASCII}]/gu, '?') }).undeployed).toBeUndefined();
    const live = { ...LIVE, Owner: { value: 'Ren?' } };
    expect(compare({ live, parameters: [given('Owner', 'René')] }).undeployed).toBeUndefined();
  });

  test('tags that the repository says nothing of, and those of AWS', () => {
    expect(compare({ liveTags: { team: 'platform' } }).undeployed).toBeUndefined();
    expect(compare({ liveTags: { 'aws:stack': 'x', a: 'b' }, tags: { a: 'b' } }).undeployed).toBeUndefined();
  });

  test('a parameter that keeps what the stack has', () => {
    const keeps: RequestParameter = { name: 'Owner', secret: false, place: { where: 'x' }, kind: 'previous' };
    expect(compare({ live: { ...LIVE, Owner: { value: 'me' } }, parameters: [keeps] }).undeployed).toBeUndefined();
  });
});

describe('what is not', () => {
  test('a resource, a parameter that the environment omits, and a tag', () => {
    const deployed = TEMPLATE.replace('RetentionInDays: 7', 'RetentionInDays: 30');
    const live = { ...LIVE, Owner: { value: 'me' } };
    expect(compare({ deployed, live, liveTags: { old: '1' }, tags: { team: 'x' } }).undeployed).toMatchObject({
      isNew: false,
      resources: [{ logicalId: 'Logs', resourceType: 'AWS::Logs::LogGroup' }],
      parameters: [{ name: 'Owner', before: 'me', after: '' }],
      tags: [
        { key: 'team', after: 'x' },
        { key: 'old', before: '1' },
      ],
    });
  });

  test('no secret is in it', () => {
    const live = { ...LIVE, Owner: { value: 'it is hunter2' } };
    const told = compare({ live, liveTags: { a: 'hunter2' }, tags: { a: 'b' } });
    expect(told.undeployed?.parameters).toEqual([{ name: 'Owner', secret: true }]);
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });
});
