import { CloudFormation, type Stack } from '@aws-sdk/client-cloudformation';
import { createClock } from '../../../emulator/clock.ts';
import { createCloudFormation } from '../../../emulator/cloudformation/index.ts';
import { createScenarios } from '../../../emulator/scenario.ts';
import type { Account, ResourceProvider, ResourceRequest, Scenario } from '../../../emulator/types.ts';
import { type Stored, storedServices } from './services.ts';

export const account: Account = {
  accountId: '123456789012',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

/** What a test provider holds: the things that exist, by physical id, and what was done in which order. */
export interface Things {
  readonly existing: Map<string, Record<string, unknown>>;
  readonly log: string[];
}

/**
 * `Test::Thing`: `Name` and `Fixed` replace it, `Size` does not; `Ref` is its name, attributes are `Arn` and `Size`. `FailOn`
 * (create, update, delete) makes the operation fail.
 */
function testProvider(type: string, things: Things): ResourceProvider {
  let made = 0;
  const failing = (request: ResourceRequest, operation: string) => {
    if (request.properties.FailOn === operation) throw new Error(`${operation} of ${request.logicalId} was refused`);
  };
  const attributes = (id: string, properties: Record<string, unknown>) => ({
    Arn: `arn:aws:test:::thing/${id}`,
    Size: String(properties.Size ?? 0),
  });
  return {
    type,
    async create(request) {
      failing(request, 'create');
      const named = request.properties.Name;
      const physicalId = typeof named === 'string' ? named : `${request.stackName}-${request.logicalId}-${++made}`;
      things.existing.set(physicalId, request.properties);
      things.log.push(`create ${request.logicalId}`);
      return { physicalId, attributes: attributes(physicalId, request.properties) };
    },
    async update(request, previous) {
      failing(request, 'update');
      things.existing.set(previous.physicalId, request.properties);
      things.log.push(`update ${request.logicalId}`);
      return { physicalId: previous.physicalId, attributes: attributes(previous.physicalId, request.properties) };
    },
    async delete(request, state) {
      failing(request, 'delete');
      things.existing.delete(state.physicalId);
      things.log.push(`delete ${request.logicalId}`);
    },
    async find(_context, physicalId) {
      const properties = things.existing.get(physicalId);
      return properties && { physicalId, attributes: attributes(physicalId, properties) };
    },
  };
}

export interface LocalOptions extends Stored {
  readonly speed?: number;
  readonly scenario?: Scenario;
}

/** An engine with test resource types, and the AWS SDK's client speaking to it in its own protocol. */
export function startEngine(options: LocalOptions = {}) {
  const things: Things = { existing: new Map(), log: [] };
  const scenarios = createScenarios(options.scenario);
  const services = storedServices(account, options);
  const types = [
    'Test::Thing',
    'AWS::AutoScaling::AutoScalingGroup',
    'AWS::EC2::Instance',
    'AWS::ECS::CapacityProvider',
    'AWS::IAM::Role',
    'AWS::S3::Bucket',
    'AWS::SSM::Parameter',
  ];
  const engine = createCloudFormation({
    servicesFor: () => services,
    clock: createClock(options.speed ?? Number.POSITIVE_INFINITY),
    scenarios,
    providers: new Map(types.map((type) => [type, testProvider(type, things)])),
    replacement: (_type, property) =>
      property === 'Name' || property === 'Fixed' ? 'yes' : property === 'Maybe' ? 'maybe' : 'no',
  });
  let requests = 0;
  const client = new CloudFormation({
    region: account.region,
    credentials: account.credentials,
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { body?: unknown }) {
        const parameters = Object.fromEntries(new URLSearchParams(String(request.body)));
        const answer = await engine.handle({
          action: parameters.Action ?? '',
          parameters,
          account,
          requestId: `request-${++requests}`,
        });
        const headers = { 'content-type': answer.contentType };
        return { response: { statusCode: answer.status, headers, body: Buffer.from(answer.body) } };
      },
    },
  });

  const settled = async (
    name: string,
    done: (status: string) => boolean = (status) => !status.endsWith('_IN_PROGRESS'),
  ): Promise<Stack> => {
    for (let tries = 0; tries < 500; tries++) {
      const [stack] = (await client.describeStacks({ StackName: name })).Stacks ?? [];
      if (stack !== undefined && done(stack.StackStatus ?? '')) return stack;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`${name} did not settle`);
  };

  const changeSetReady = async (id: string) => {
    for (let tries = 0; tries < 500; tries++) {
      const answer = await client.describeChangeSet({ ChangeSetName: id });
      if (!/PENDING|IN_PROGRESS/.test(answer.Status ?? '')) return answer;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`${id} was not made`);
  };

  let sets = 0;
  return {
    engine,
    client,
    things,
    scenarios,
    settled,
    changeSetReady,
    /** Makes a change set and waits for it. */
    async changeSet(name: string, TemplateBody: string, type: 'CREATE' | 'UPDATE' | 'IMPORT', more: object = {}) {
      const asked = { StackName: name, TemplateBody, ChangeSetType: type, ChangeSetName: `set-${++sets}`, ...more };
      const { Id = '' } = await client.createChangeSet(asked);
      return changeSetReady(Id);
    },
    /** Creates a stack and waits until it rests. */
    async create(name: string, TemplateBody: string, more: object = {}) {
      const { StackId = '' } = await client.createStack({ StackName: name, TemplateBody, ...more });
      return settled(StackId);
    },
    async update(name: string, TemplateBody: string, more: object = {}) {
      const { StackId = '' } = await client.updateStack({ StackName: name, TemplateBody, ...more });
      return settled(StackId);
    },
    async remove(name: string, more: object = {}) {
      const { Stacks = [] } = await client.describeStacks({ StackName: name });
      await client.deleteStack({ StackName: name, ...more });
      return settled(Stacks[0]?.StackId ?? '');
    },
    /** `LogicalId STATUS: reason`, oldest first. */
    async events(name: string) {
      const lines: string[] = [];
      let NextToken: string | undefined;
      do {
        const answer = await client.describeStackEvents({ StackName: name, ...(NextToken && { NextToken }) });
        for (const event of answer.StackEvents ?? []) {
          const reason = event.ResourceStatusReason === undefined ? '' : `: ${event.ResourceStatusReason}`;
          lines.push(`${event.LogicalResourceId} ${event.ResourceStatus}${reason}`);
        }
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
      return lines.reverse();
    },
    [Symbol.asyncDispose]: () => engine.stop(),
  };
}
