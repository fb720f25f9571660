import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../../emulator/local-aws.ts';
import { consoleOf, deploy, describeUserData, stackYml, until } from './support.ts';

const example = (name: string) => readFileSync(new URL(`../../../examples/${name}/stack.yml`, import.meta.url), 'utf8');

describeUserData('the stacks of this repository, with the hosts that they describe', () => {
  let aws: LocalAws;

  beforeAll(async () => {
    aws = await startLocalAws({ speed: 60 });
  }, 120_000);

  afterAll(async () => {
    await aws?.[Symbol.asyncDispose]();
  });

  const withDesired = (template: string, count: number) =>
    template
      .replace('DesiredCapacity: !Ref ApplicationDesiredCount', `DesiredCapacity: ${count}`)
      .replace('Count: !Ref ApplicationDesiredCount', `Count: ${count}`);

  test.each([0, 1, 4])('stack.yml with %i hosts: each signals after it has registered', async (count) => {
    const outcome = await deploy(aws, `shipped-${count}`, withDesired(stackYml(), count), 'env/dev.cfg');
    expect(outcome.status).toBe('CREATE_COMPLETE');
    expect(await outcome.registered()).toBe(count);
    expect(outcome.instanceIds).toHaveLength(count);
    const signalled = outcome.events.filter(({ ResourceStatusReason }) =>
      ResourceStatusReason?.startsWith('Received SUCCESS signal with UniqueId i-'),
    );
    expect(signalled).toHaveLength(count);
    for (const instanceId of outcome.instanceIds) {
      expect(await consoleOf(aws, instanceId)).toMatch(/The ECS agent has registered with shipped-/);
    }
  });

  test('examples/todobackend: firstrun.sh starts the agent and waits for it, inside user data', async () => {
    const outcome = await deploy(aws, 'todobackend', example('todobackend'), 'examples/todobackend/env/dev.cfg');
    expect(outcome.status).toBe('CREATE_COMPLETE');
    expect(await outcome.registered()).toBe(1);
    const console = await outcome.console();
    expect(console.indexOf('Started Amazon Elastic Container Service')).toBeLessThan(
      console.indexOf('Cloud-init v. 22.2.2 finished'),
    );
  });

  test('examples/todobackend on the ECS-optimized image would wait for itself', async () => {
    // That image has neither the helper scripts nor firstrun.sh.
    const template = example('todobackend').replace(
      'ImageId: !Ref ApplicationImageId',
      'ImageId: ami-0aae19d30bab785d3',
    );
    const outcome = await deploy(
      aws,
      'wrong-image',
      template.replace('PT15M', 'PT2M'),
      'examples/todobackend/env/dev.cfg',
    );
    expect(outcome.status).toBe('CREATE_FAILED');
    expect(await outcome.console()).toMatch(/cfn-signal: No such file or directory/);
  });

  test('examples/capacity-provider: a host joins with the capacity provider made after it', async () => {
    const template = example('capacity-provider').replace('MinSize: !Ref ApplicationMinCount', 'MinSize: 1');
    const parameters = template.replace(
      '  ApplicationMinCount:',
      '  ApplicationDesiredCount: { Type: Number }\n  ApplicationMinCount:',
    );
    const outcome = await deploy(aws, 'capacity', parameters, 'env/dev.cfg');
    expect(outcome.status).toBe('CREATE_COMPLETE');
    await until(async () => (await outcome.registered()) === 1 || undefined);
  });
});
