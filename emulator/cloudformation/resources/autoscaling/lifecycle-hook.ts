import type { Services } from '../../../types.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';

interface LifecycleHookProperties {
  readonly AutoScalingGroupName: string;
  readonly LifecycleHookName?: string;
  readonly LifecycleTransition: string;
  readonly DefaultResult?: string;
  readonly HeartbeatTimeout?: number;
  readonly NotificationMetadata?: string;
  readonly NotificationTargetARN?: string;
  readonly RoleARN?: string;
}

export const lifecycleHook = provider<LifecycleHookProperties>({
  type: 'AWS::AutoScaling::LifecycleHook',
  properties: [
    'AutoScalingGroupName',
    'LifecycleHookName',
    'LifecycleTransition',
    'DefaultResult',
    'HeartbeatTimeout',
    'NotificationMetadata',
    'NotificationTargetARN',
    'RoleARN',
  ],

  async create({ services, properties, ...request }) {
    return put(services, properties.LifecycleHookName ?? physicalName(request, 255), properties);
  },

  async update({ services, properties }, previous) {
    return put(services, previous.physicalId, properties);
  },

  async delete({ services, properties: { AutoScalingGroupName } }, { physicalId: LifecycleHookName }) {
    await unlessGone(['ValidationError'], () =>
      services.autoScaling.deleteLifecycleHook({ AutoScalingGroupName, LifecycleHookName }),
    );
  },

  async read({ services, properties: { AutoScalingGroupName } }, { physicalId }) {
    const asked = { AutoScalingGroupName, LifecycleHookNames: [physicalId] };
    const found = await ifThere(['ValidationError'], () => services.autoScaling.describeLifecycleHooks(asked));
    const now = found?.LifecycleHooks?.find((hook) => hook.LifecycleHookName === physicalId);
    return now && { ...now };
  },
});

async function put(services: Services, name: string, properties: LifecycleHookProperties) {
  await services.autoScaling.putLifecycleHook({ ...properties, LifecycleHookName: name });
  return { physicalId: name, attributes: {} };
}
