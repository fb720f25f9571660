import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differencesFrom, type MadeWith } from '../../src/config/made-with.ts';
import type { RequestParameter } from '../../src/config/parameters.ts';
import { inFile } from '../../src/config/place.ts';
import { templateOf } from '../template/fixtures.ts';

const TEMPLATE = `
Parameters:
  Size: { Type: Number, Default: 2 }
  Subnets: { Type: CommaDelimitedList }
  Image: { Type: String }
  Password: { Type: String, NoEcho: true }
Resources:
  Cluster: { Type: AWS::ECS::Cluster }
`;
const place = inFile({ file: 'env/dev.cfg', line: 1 });
const value = (name: string, text: string, secret = false): RequestParameter => ({
  name,
  secret,
  place,
  kind: 'value',
  value: text,
});
const wanted = {
  template: templateOf(TEMPLATE),
  parameters: [
    value('Subnets', 'a, b'),
    { name: 'Image', secret: false, place, kind: 'ssm', parameterName: '/golden' } as const,
    value('Password', 'hunter2', true),
  ],
  capabilities: ['CAPABILITY_NAMED_IAM'],
};
const made: MadeWith = {
  template: templateOf(TEMPLATE),
  parameters: { Size: '2', Subnets: 'a,b', Image: 'ami-of-the-plan', Password: '****' },
  tags: { team: 'platform' },
  capabilities: ['CAPABILITY_NAMED_IAM'],
  notificationArns: [],
};

describe('what a change set was made with', () => {
  test('is what is asked for: list items trimmed, defaults, what was looked up, secrets and unnamed tags', () => {
    expect(differencesFrom(wanted, made)).toEqual([]);
    expect(differencesFrom(wanted, { ...made, template: undefined })).toEqual([]);
    const accented = { ...wanted, parameters: [value('Subnets', 'é, b')] };
    expect(differencesFrom(accented, { ...made, parameters: { Subnets: '?,b' } })).toEqual([]);
    expect(differencesFrom(wanted, { ...made, capabilities: ['CAPABILITY_IAM'] })).toEqual([]);
  });

  test('differs by each of its parts', () => {
    const template = templateOf(TEMPLATE.replace('AWS::ECS::Cluster', 'AWS::Logs::LogGroup'));
    expect(differencesFrom(wanted, { ...made, template })).toEqual(['the template has another Resources.Cluster']);
    expect(differencesFrom(wanted, { ...made, parameters: { Size: '3', Subnets: 'b,a' } })).toEqual([
      'parameter Size has another value',
      'parameter Subnets has another value',
    ]);
    expect(differencesFrom({ ...wanted, tags: { team: 'data', stage: 'dev' } }, made)).toEqual([
      'tag stage is another',
      'tag team is another',
    ]);
    expect(differencesFrom({ ...wanted, tags: {} }, made)).toEqual(['tag team is another']);
    expect(differencesFrom(wanted, { ...made, capabilities: ['CAPABILITY_AUTO_EXPAND'] })).toEqual([
      'it was given CAPABILITY_AUTO_EXPAND',
    ]);
    expect(differencesFrom({ ...wanted, notificationArns: ['arn:one'] }, made)).toEqual(['others are notified']);
  });

  test('of a template of which much is another, the rest is counted', () => {
    const more = Array.from({ length: 10 }, (_, n) => `  R${n}: { Type: T }`).join('\n');
    const [sentence] = differencesFrom(wanted, { ...made, template: templateOf(`${TEMPLATE}${more}\n`) });
    expect(sentence).toMatch(/ and 2 more$/);
  });

  test('is told without any value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('Size', 'Subnets', 'Image', 'Password'), fc.uuid()), (parameters) => {
        const told = differencesFrom(wanted, { ...made, parameters }).join('\n');
        for (const one of [...Object.values(parameters), 'hunter2']) expect(told).not.toContain(one);
      }),
    );
  });
});
