import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { LocalAws } from '../emulator/local-aws.ts';

/** Milliseconds between two looks at a stack that is being created. */
const LOOK_PERIOD = 250;

/** Somebody's own credentials: what the bench prepares is not the action's doing. */
export const PERSON = { accessKeyId: 'person', secretAccessKey: 'person' };

export interface NewStack {
  readonly name: string;
  readonly region: string;
  readonly template: string;
}

/** Has the local AWS create a stack, and waits until it is there. Returns the physical ids by logical id. */
export async function createStack(
  { endpoint }: LocalAws,
  { name, region, template }: NewStack,
): Promise<ReadonlyMap<string, string>> {
  const cfn = new CloudFormation({ endpoint, region, credentials: PERSON });
  try {
    await cfn.createStack({ StackName: name, TemplateBody: template });
    for (let status = 'CREATE_IN_PROGRESS'; status !== 'CREATE_COMPLETE'; ) {
      if (status !== 'CREATE_IN_PROGRESS') throw new Error(`${name} is ${status}`);
      await sleep(LOOK_PERIOD);
      status = (await cfn.describeStacks({ StackName: name })).Stacks?.[0]?.StackStatus ?? 'gone';
    }
    const { StackResources = [] } = await cfn.describeStackResources({ StackName: name });
    return new Map(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  } finally {
    cfn.destroy();
  }
}
