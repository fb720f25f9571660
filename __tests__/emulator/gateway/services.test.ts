import { expect, test } from '@jest/globals';
import { startMoto } from '../../../emulator/moto.ts';
import { createServices } from '../../../emulator/services.ts';
import type { Account } from '../../../emulator/types.ts';

const account: Account = {
  accountId: '123456789012',
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

test('calls that may move instances are followed by a look, failed ones too; others are not', async () => {
  await using moto = await startMoto();
  const moved: Account[] = [];
  const servicesFor = createServices(moto.endpoint, (account) => void moved.push(account));
  const { ec2, autoScaling } = servicesFor(account);
  await ec2.describeInstances({});
  await ec2.createSecurityGroup({ GroupName: 'g', Description: 'x' });
  await autoScaling.describeAutoScalingGroups({});
  expect(moved).toEqual([]);
  await ec2.runInstances({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 });
  const none = { AutoScalingGroupName: 'none', DesiredCapacity: 1 };
  await expect(autoScaling.setDesiredCapacity(none)).rejects.toThrow('not found');
  expect(moved).toEqual([account, account]);
  expect(servicesFor({ ...account })).toBe(servicesFor(account));
  expect(servicesFor({ ...account, region: 'us-east-1' })).not.toBe(servicesFor(account));
}, 60_000);
