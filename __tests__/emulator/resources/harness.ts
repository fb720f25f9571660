import { createClock } from '../../../emulator/clock.ts';
import { providers } from '../../../emulator/cloudformation/resources/index.ts';
import { type Moto, startMoto } from '../../../emulator/moto.ts';
import { createServices } from '../../../emulator/services.ts';
import type {
  Account,
  ResourceProvider,
  ResourceRequest,
  Services,
  Signal,
  SignalInbox,
} from '../../../emulator/types.ts';

export const STACK_ID =
  'arn:aws:cloudformation:us-east-1:123456789012:stack/todobackend/6a1a3d40-0000-11f0-8000-0a0000000000';

const account: Account = {
  accountId: '123456789012',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

/** Signals put in by a test; a wait ends at once when there is none, as if its time had passed. */
export class TestInbox implements SignalInbox {
  readonly #waiting: Signal[] = [];

  send(uniqueId: string, status: Signal['status'] = 'SUCCESS'): void {
    this.#waiting.push({ uniqueId, status });
  }

  async next(): Promise<Signal | undefined> {
    return this.#waiting.shift();
  }
}

export interface Lab extends AsyncDisposable {
  log(): string;
  readonly services: Services;
  /** Default VPC and its subnets. */
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly imageId: string;
  resource(type: string, logicalId?: string): TestedResource;
}

export interface TestedResource {
  readonly provider: ResourceProvider;
  readonly inbox: TestInbox;
  /** The reasons of its progress events, in order. */
  readonly progress: string[];
  request(properties: Record<string, unknown>, extra?: Partial<ResourceRequest>): ResourceRequest;
}

/** A moto of its own for one test file, and requests as the engine makes them. */
export async function startLab(): Promise<Lab> {
  const moto: Moto = await startMoto();
  const services = createServices(moto.endpoint, () => undefined)(account);
  const { Vpcs } = await services.ec2.describeVpcs({ Filters: [{ Name: 'is-default', Values: ['true'] }] });
  const { Subnets } = await services.ec2.describeSubnets({});
  const vpcId = Vpcs?.[0]?.VpcId ?? '';
  return {
    services,
    log: () => moto.log(),
    vpcId,
    subnetIds: (Subnets ?? []).filter((subnet) => subnet.VpcId === vpcId).flatMap((subnet) => subnet.SubnetId ?? []),
    imageId: 'ami-12c6146b',
    resource: (type, logicalId = type.split('::')[2] ?? type) => testedResource(services, type, logicalId),
    [Symbol.asyncDispose]: () => moto[Symbol.asyncDispose](),
  };
}

function testedResource(services: Services, type: string, logicalId: string): TestedResource {
  const provider = providers.get(type);
  if (!provider) throw new Error(`There is no provider for ${type}`);
  const inbox = new TestInbox();
  const progress: string[] = [];
  return {
    provider,
    inbox,
    progress,
    request: (properties, extra = {}) => ({
      account,
      services,
      clock: createClock(Number.POSITIVE_INFINITY),
      signal: new AbortController().signal,
      stackId: STACK_ID,
      stackName: 'todobackend',
      logicalId,
      properties,
      tags: {
        team: 'platform',
        'aws:cloudformation:stack-name': 'todobackend',
        'aws:cloudformation:stack-id': STACK_ID,
        'aws:cloudformation:logical-id': logicalId,
      },
      signals: inbox,
      progress: (reason) => progress.push(reason),
      ...extra,
    }),
  };
}
