import type {
  Change,
  DescribeChangeSetCommandInput,
  DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { readPlannedChanges } from '../../src/stack/planned-changes.ts';

const ID = 'arn:aws:cloudformation:eu-west-1:123456789012:changeSet/muster/1';

const launchTemplate = (value?: string): Change => ({
  Type: 'Resource',
  ResourceChange: {
    Action: 'Modify',
    LogicalResourceId: 'Launch',
    ResourceType: 'AWS::EC2::LaunchTemplate',
    Replacement: 'False',
    Scope: ['Properties'],
    Details: [
      {
        Target: {
          Attribute: 'Properties',
          Name: 'LaunchTemplateData',
          RequiresRecreation: 'Never',
          ...(value && {
            Path: '/Properties/LaunchTemplateData/InstanceType',
            BeforeValue: 't3.small',
            AfterValue: value,
          }),
        },
        Evaluation: 'Static',
        ChangeSource: 'ParameterReference',
        CausingEntity: 'InstanceType',
      },
    ],
  },
});

const group: Change = {
  Type: 'Resource',
  ResourceChange: {
    Action: 'Modify',
    LogicalResourceId: 'Group',
    ResourceType: 'AWS::AutoScaling::AutoScalingGroup',
    Replacement: 'False',
    Scope: ['Properties'],
    Details: [
      {
        Target: { Attribute: 'Properties', Name: 'LaunchTemplate', RequiresRecreation: 'Never' },
        Evaluation: 'Dynamic',
        ChangeSource: 'ResourceAttribute',
        CausingEntity: 'Launch.LatestVersionNumber',
      },
    ],
  },
};

/** CloudFormation, which tells one change a page. */
function cloudFormation(plain: readonly Change[], valued: readonly Change[] | Error) {
  const describeChangeSet = async ({
    IncludePropertyValues,
    NextToken = '0',
  }: DescribeChangeSetCommandInput): Promise<DescribeChangeSetCommandOutput> => {
    if (IncludePropertyValues && valued instanceof Error) throw valued;
    const changes = IncludePropertyValues && !(valued instanceof Error) ? valued : plain;
    const page = Number(NextToken);
    return {
      $metadata: {},
      ChangeSetId: ID,
      Status: 'CREATE_COMPLETE',
      Changes: changes.slice(page, page + 1),
      ...(page + 1 < changes.length && { NextToken: String(page + 1) }),
    };
  };
  return { describeChangeSet };
}

describe('a change set is read with values and without', () => {
  test('what is only told without values is not lost, and what is told with them keeps them', async () => {
    const read = await readPlannedChanges(cloudFormation([launchTemplate(), group], [launchTemplate('t3.medium')]), ID);
    expect(read.hasValues).toBe(true);
    expect(
      read.resources.map(({ logicalId, details }) => [logicalId, details.map(({ path, after }) => [path, after])]),
    ).toEqual([
      ['Launch', [['/Properties/LaunchTemplateData/InstanceType', 't3.medium']]],
      ['Group', [[undefined, undefined]]],
    ]);
  });

  test('a service that knows no values tells what changes', async () => {
    const unknown = Object.assign(new Error('Unknown parameter IncludePropertyValues'), {
      name: 'ValidationError',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
    const read = await readPlannedChanges(cloudFormation([launchTemplate(), group], unknown), ID);
    expect(read.hasValues).toBe(false);
    expect(read.resources.map(({ logicalId }) => logicalId)).toEqual(['Launch', 'Group']);
  });
});
