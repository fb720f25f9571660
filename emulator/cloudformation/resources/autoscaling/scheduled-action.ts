import type { Services } from '../../../types.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { unlessGone } from '../stabilize.ts';

interface ScheduledActionProperties {
  readonly AutoScalingGroupName: string;
  readonly MinSize?: number;
  readonly MaxSize?: number;
  readonly DesiredCapacity?: number;
  readonly Recurrence?: string;
  readonly TimeZone?: string;
  readonly StartTime?: string;
  readonly EndTime?: string;
}

export const scheduledAction = provider<ScheduledActionProperties>({
  type: 'AWS::AutoScaling::ScheduledAction',
  properties: [
    'AutoScalingGroupName',
    'MinSize',
    'MaxSize',
    'DesiredCapacity',
    'Recurrence',
    'TimeZone',
    'StartTime',
    'EndTime',
  ],

  async create({ services, properties, ...request }) {
    return put(services, physicalName(request, 255), properties);
  },

  async update({ services, properties }, previous) {
    return put(services, previous.physicalId, properties);
  },

  async delete({ services, properties: { AutoScalingGroupName } }, { physicalId: ScheduledActionName }) {
    await unlessGone(['ValidationError'], () =>
      services.autoScaling.deleteScheduledAction({ AutoScalingGroupName, ScheduledActionName }),
    );
  },
});

async function put(services: Services, name: string, properties: ScheduledActionProperties) {
  const { StartTime, EndTime, ...same } = properties;
  await services.autoScaling.putScheduledUpdateGroupAction({
    ...same,
    ScheduledActionName: name,
    ...(StartTime !== undefined && { StartTime: new Date(StartTime) }),
    ...(EndTime !== undefined && { EndTime: new Date(EndTime) }),
  });
  return { physicalId: name, attributes: { ScheduledActionName: name } };
}
