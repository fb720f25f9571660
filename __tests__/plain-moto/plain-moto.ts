import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { startMoto } from '../../emulator/moto.ts';
import { type ActionRun, type RunActionOptions, runAction } from '../e2e/run-action.ts';

/** How long instances may take to be launched, and how often they are looked for. Milliseconds. */
const PATIENCE = 60_000;
const ASK_EVERY = 100;

const TEMPLATE = readFileSync(join(import.meta.dirname, 'stack.yml'), 'utf8');

export interface PlainMoto extends AsyncDisposable {
  readonly cloudFormation: CloudFormation;
  readonly ecs: ECS;
  /** Runs the action on this template, whose cluster and group are called as the stack: `desired` hosts. */
  deploy(stack: string, desired: number, options?: RunActionOptions): Promise<ActionRun>;
  /** Registers instances of the group with the cluster, as their agents would, as soon as `count` are there. */
  registerWhenLaunched(stack: string, count: number): Promise<void>;
}

/** moto alone: what is here is somebody else's reading of CloudFormation, not ours. */
export async function startPlainMoto(): Promise<PlainMoto> {
  const moto = await startMoto({ tell: () => {} });
  const config = {
    endpoint: moto.endpoint,
    region: moto.env.AWS_REGION ?? 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1, // moto answers what it does not know with a status that is tried again
  };
  const [cloudFormation, ecs, ec2, autoScaling] = [
    new CloudFormation(config),
    new ECS(config),
    new EC2(config),
    new AutoScaling(config),
  ];
  const { Subnets = [] } = await ec2.describeSubnets({});
  const { Images = [] } = await ec2.describeImages({ Owners: ['amazon'], MaxResults: 5 });
  const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId);
  return {
    cloudFormation,
    ecs,
    async deploy(stack, desired, options = {}) {
      const values = {
        DesiredCount: desired,
        Subnets: subnets.join(','),
        ImageId: Images[0]?.ImageId,
        Secret: 'swordfish',
      };
      const cfg = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
      return runAction({
        ...options,
        inputs: { environment: 'test', 'stack-name': stack, ...options.inputs },
        env: { ...moto.env, ...options.env },
        files: { 'stack.yml': TEMPLATE, 'env/test.cfg': cfg.join(''), ...options.files },
      });
    },
    async registerWhenLaunched(stack, count) {
      const deadline = Date.now() + PATIENCE;
      for (let registered = 0; registered < count && Date.now() < deadline; await sleep(ASK_EVERY)) {
        const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({
          AutoScalingGroupNames: [stack],
        });
        for (const { InstanceId } of group?.Instances?.slice(registered, count) ?? []) {
          const document = JSON.stringify({ instanceId: InstanceId, region: config.region, accountId: '123456789012' });
          await ecs.registerContainerInstance({ cluster: stack, instanceIdentityDocument: document });
          registered += 1;
        }
      }
    },
    [Symbol.asyncDispose]: () => moto[Symbol.asyncDispose](),
  };
}
