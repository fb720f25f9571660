import type { DescribeChangeSetCommandInput, DescribeChangeSetCommandOutput } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { changeLines } from '../../src/plan/fingerprint.ts';
import { readPlannedChanges } from '../../src/stack/planned-changes.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { denied, refusal } from './fake-cloudformation.ts';

const SET = { id: 'set', stackId: 'arn:aws:cloudformation:r:1:stack/app/1' };

type Answer = Partial<DescribeChangeSetCommandOutput>;

/** A CloudFormation that tells change sets by name and page, one way without values and another with them. */
function telling(plain: Readonly<Record<string, Answer>>, valued: Readonly<Record<string, Answer>> | Error = plain) {
  const calls: DescribeChangeSetCommandInput[] = [];
  const describeChangeSet = async (input: DescribeChangeSetCommandInput) => {
    calls.push(input);
    if (input.IncludePropertyValues && valued instanceof Error) throw valued;
    const pages = input.IncludePropertyValues && !(valued instanceof Error) ? valued : plain;
    const found = pages[input.NextToken ?? input.ChangeSetName ?? ''];
    if (found === undefined)
      throw refusal('ChangeSetNotFoundException', `ChangeSet [${input.ChangeSetName}] does not exist`);
    return { $metadata: {}, Status: 'CREATE_COMPLETE' as const, ...found };
  };
  const context = { cfn: { describeChangeSet }, clock: new FakeClock(0), signal: new AbortController().signal };
  return { context, calls };
}

type Detail = NonNullable<
  NonNullable<NonNullable<DescribeChangeSetCommandOutput['Changes']>[number]['ResourceChange']>['Details']
>[number];

const change = (LogicalResourceId: string, more: object = {}) => ({
  Type: 'Resource' as const,
  ResourceChange: { Action: 'Modify' as const, LogicalResourceId, ResourceType: 'T', ...more },
});
const detail = (Name: string, CausingEntity: string, more: object = {}): Detail => ({
  Target: { Attribute: 'Properties', Name, RequiresRecreation: 'Never', ...more },
  Evaluation: 'Static',
  ChangeSource: 'ParameterReference',
  CausingEntity,
});

describe('a change set', () => {
  test('is read to its last page, with values on each', async () => {
    const { context, calls } = telling({
      set: { Changes: [change('A')], NextToken: 'two' },
      two: { Changes: [change('B')], NextToken: 'three' },
      three: { Changes: [change('C')] },
    });
    const { resources, empty, hasValues } = await readPlannedChanges(context, SET);
    expect(resources.map(({ logicalId }) => logicalId)).toEqual(['A', 'B', 'C']);
    expect({ empty, hasValues }).toEqual({ empty: false, hasValues: true });
    expect(calls.filter(({ IncludePropertyValues }) => IncludePropertyValues)).toHaveLength(3);
  });

  test('loses nothing that is only told without values', async () => {
    const declared = JSON.stringify({ Properties: { Size: '2' } });
    const warning =
      '[WARN] --include-property-values option can return incomplete ChangeSet data because: Logical Id: B';
    const { context } = telling(
      {
        set: {
          Changes: [
            change('A', { Replacement: 'True', Details: [detail('Size', 'P'), detail('Name', 'Q')] }),
            change('B', { Replacement: 'True', Details: [detail('Name', 'P')] }),
          ],
        },
      },
      {
        set: {
          StatusReason: warning,
          Changes: [
            change('A', {
              Details: [detail('Size', 'P', { BeforeValue: '1', AfterValue: '2' })],
              AfterContext: declared,
            }),
          ],
        },
      },
    );
    const { resources } = await readPlannedChanges(context, SET);
    expect(resources).toMatchObject([
      {
        logicalId: 'A',
        replacement: 'True',
        after: { Properties: { Size: '2' } },
        details: [{ name: 'Size', before: '1', after: '2' }, { name: 'Name' }],
      },
      { logicalId: 'B', replacement: 'True', details: [{ name: 'Name' }] },
    ]);
  });

  test('names its stack, as far as it is known, which is what IAM is asked about', async () => {
    const child = 'arn:aws:cloudformation:r:1:stack/app-Child-1/2';
    const { context, calls } = telling({
      set: {
        Changes: [
          change('Child', { ChangeSetId: 'nested', PhysicalResourceId: child }),
          change('New', { ChangeSetId: 'new' }),
        ],
        NextToken: 'two',
      },
      two: {},
      nested: {},
      new: {},
    });
    await readPlannedChanges(context, SET, { values: false });
    expect(calls.map(({ ChangeSetName, StackName }) => [ChangeSetName, StackName])).toEqual([
      ['set', SET.stackId],
      ['set', SET.stackId],
      ['nested', child],
      ['new', undefined],
    ]);
  });

  test('read without values has the fingerprint that it has with them', async () => {
    const { context, calls } = telling(
      { set: { Changes: [change('A', { Details: [detail('Size', 'P'), detail('Name', 'Q')] })] } },
      { set: { Changes: [change('A', { Details: [detail('Size', 'P'), detail('More', 'P')] }), change('B')] } },
    );
    const valued = await readPlannedChanges(context, SET);
    expect(valued.resources.map(({ logicalId }) => logicalId)).toEqual(['A', 'B']);
    const before = calls.length;
    const plain = await readPlannedChanges(context, SET, { values: false });
    expect(calls.length - before).toBe(1);
    expect(changeLines(valued.resources)).toEqual(changeLines(plain.resources));
  });

  test('is told without values where the service has none', async () => {
    const unknown = refusal('ValidationError', 'Unknown parameter: IncludePropertyValues');
    const { context } = telling({ set: { Changes: [change('A')] } }, unknown);
    expect(await readPlannedChanges(context, SET)).toMatchObject({ hasValues: false, resources: [{ logicalId: 'A' }] });
  });

  test('that was just made is asked for again where one reading does not find it', async () => {
    const { context } = telling({ set: { Changes: [change('A')] } });
    const { describeChangeSet } = context.cfn;
    let readings = 0;
    const flaky: typeof describeChangeSet = (input) => {
      readings += 1;
      return describeChangeSet(readings === 2 ? { ...input, ChangeSetName: 'not there yet' } : input);
    };
    const planned = await readPlannedChanges({ ...context, cfn: { describeChangeSet: flaky } }, SET);
    expect(planned.resources).toHaveLength(1);
    expect(readings).toBe(3);
  });

  test('whose values may not be read is an error, not a plan without them', async () => {
    const { context } = telling({ set: { Changes: [change('A')] } }, denied('cloudformation:DescribeChangeSet'));
    await expect(readPlannedChanges(context, SET)).rejects.toMatchObject({ reason: 'access-denied' });
  });

  test('is followed into nested stacks, as far as they are told', async () => {
    const { context } = telling({
      set: { Changes: [change('Child', { ChangeSetId: 'nested' }), change('Gone', { ChangeSetId: 'missing' })] },
      nested: { Changes: [change('Grandchild', { ChangeSetId: 'deeper' })] },
      deeper: { Changes: [change('Leaf')] },
    });
    const { resources } = await readPlannedChanges(context, SET);
    expect(resources[0]?.nested?.resources[0]?.nested?.resources[0]?.logicalId).toBe('Leaf');
    expect(resources[1]).toMatchObject({ logicalId: 'Gone' });
    expect(resources[1]?.nested).toBeUndefined();
  });

  test('that holds itself ends all the same', async () => {
    const { context } = telling({ set: { Changes: [change('A', { ChangeSetId: 'set' })] } });
    expect((await readPlannedChanges(context, SET)).resources).toHaveLength(1);
  });

  test('is empty by what CloudFormation says, not by how many changes it has', async () => {
    const outputsOnly = telling({ set: { Changes: [] } });
    expect((await readPlannedChanges(outputsOnly.context, SET)).empty).toBe(false);
    const nothing = telling({ set: { Status: 'FAILED', StatusReason: 'No updates are to be performed.' } });
    expect((await readPlannedChanges(nothing.context, SET)).empty).toBe(true);
  });

  test('with a context that was cut off is told without it', async () => {
    const { context } = telling({ set: { Changes: [change('A', { AfterContext: '{"Properties":{"Na' })] } });
    expect((await readPlannedChanges(context, SET)).resources[0]?.after).toBeUndefined();
  });

  test('tells what SSM parameters resolved to', async () => {
    const Parameters = [{ ParameterKey: 'Image', ParameterValue: '/ecs/ami', ResolvedValue: 'ami-2' }];
    const { context } = telling({ set: { Parameters } });
    expect((await readPlannedChanges(context, SET)).parameters).toEqual({
      Image: { value: '/ecs/ami', resolvedValue: 'ami-2' },
    });
  });
});
