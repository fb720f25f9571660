import { describe, expect, test } from '@jest/globals';
import { type ParameterSource, resolveParameterSources } from '../../src/stack/parameter-sources.ts';
import { denied } from './fake-cloudformation.ts';

const META = { $metadata: {} };
const ssm = (name: string): ParameterSource => ({ kind: 'ssm', name });
const exported = (name: string): ParameterSource => ({ kind: 'export', name });

function setUp(
  exports: Record<string, string>,
  parameters: Record<string, { Value: string; Type?: 'SecureString'; Selector?: string }>,
) {
  const batches: string[][] = [];
  const pages = Object.entries(exports);
  const cfn = {
    listExports: async ({ NextToken = '0' }: { NextToken?: string | undefined } = {}) => {
      const index = Number(NextToken);
      const [Name, Value] = pages[index] ?? [];
      return { ...META, Exports: [{ Name, Value }], ...(index + 1 < pages.length && { NextToken: `${index + 1}` }) };
    },
  };
  const store = {
    getParameters: async ({
      Names = [],
      WithDecryption,
    }: {
      Names: string[] | undefined;
      WithDecryption?: boolean | undefined;
    }) => {
      expect(WithDecryption).toBe(false);
      batches.push(Names);
      return {
        ...META,
        Parameters: Names.flatMap((asked) => {
          const [Name = ''] = asked.split(':');
          const found = parameters[Name];
          return found === undefined ? [] : [{ Name, Type: 'String' as const, ARN: `arn:${Name}`, ...found }];
        }),
      };
    },
  };
  const resolve = (sources: Record<string, ParameterSource>) =>
    resolveParameterSources(sources, { cloudFormation: async () => cfn, ssm: async () => store });
  return { batches, cfn, resolve };
}

describe('sources of parameters', () => {
  test('are looked up in exports, on whichever page, and in the parameter store', async () => {
    const { resolve } = setUp({ a: '1', b: '2', 'network-VpcId': 'vpc-1' }, { '/ami': { Value: 'ami-1' } });
    const sources = { Vpc: exported('network-VpcId'), Image: ssm('/ami'), Again: ssm('/ami') };
    expect(await resolve(sources)).toEqual({ values: { Vpc: 'vpc-1', Image: 'ami-1', Again: 'ami-1' }, misses: [] });
  });

  test('that have no value are all told at once', async () => {
    const { resolve } = setUp({ a: '1' }, { '/secret': { Value: 'x', Type: 'SecureString' } });
    const { values, misses } = await resolve({ Vpc: exported('gone'), Image: ssm('/gone'), Password: ssm('/secret') });
    expect(values).toEqual({});
    expect(misses).toMatchObject([
      { parameter: 'Vpc', why: 'There is no CloudFormation export gone in this account and region.' },
      { parameter: 'Image', why: 'There is no SSM parameter /gone in this account and region.' },
      { parameter: 'Password', why: expect.stringContaining('{{resolve:ssm-secure:/secret}}') },
    ]);
  });

  test('may name a version of a parameter', async () => {
    const { resolve } = setUp({}, { '/ami': { Value: 'ami-2', Selector: ':2' } });
    expect((await resolve({ Image: ssm('/ami:2') })).values).toEqual({ Image: 'ami-2' });
  });

  test('are asked for ten at a time', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `/p${index}`);
    const { batches, resolve } = setUp({}, Object.fromEntries(names.map((name) => [name, { Value: name }])));
    const { values } = await resolve(Object.fromEntries(names.map((name) => [name.slice(1), ssm(name)])));
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(Object.keys(values)).toHaveLength(23);
  });

  test('that there are none of cost no call', async () => {
    const never = () => Promise.reject(new Error('no client is needed'));
    expect(await resolveParameterSources({}, { cloudFormation: never, ssm: never })).toEqual({
      values: {},
      misses: [],
    });
  });

  test('that may not be read end the run with the action to allow', async () => {
    const listExports = () => Promise.reject(denied('cloudformation:ListExports'));
    const resolving = resolveParameterSources(
      { Vpc: exported('x') },
      { cloudFormation: async () => ({ listExports }), ssm: () => Promise.reject(new Error('not needed')) },
    );
    await expect(resolving).rejects.toMatchObject({ reason: 'access-denied' });
  });
});
