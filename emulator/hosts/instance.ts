import type { Account } from '../types.ts';

/** What an instance knows of itself. */
export interface Instance {
  readonly account: Account;
  readonly instanceId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly launchTime: Date;
  readonly userData: string;
  readonly groupName: string;
  /** Where the group belongs to a stack. */
  readonly groupLogicalId?: string;
  readonly stackId?: string;
}

/** The instance identity document (EC2 User Guide, "Instance identity documents"). */
export const identityDocument = (instance: Instance) =>
  JSON.stringify({
    accountId: instance.account.accountId,
    architecture: 'x86_64',
    availabilityZone: instance.availabilityZone,
    imageId: instance.imageId,
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    pendingTime: instance.launchTime.toISOString(),
    privateIp: instance.privateIp,
    region: instance.account.region,
    version: '2017-09-30',
  });
