import type { Services } from '../../../types.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere } from '../reading.ts';
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

  async read({ services, properties: { AutoScalingGroupName } }, { physicalId }) {
    const asked = { AutoScalingGroupName, ScheduledActionNames: [physicalId] };
    const found = await ifThere(['ValidationError'], () => services.autoScaling.describeScheduledActions(asked));
    const now = found?.ScheduledUpdateGroupActions?.find((action) => action.ScheduledActionName === physicalId);
    return now && { ...now, StartTime: secondsOf(now.StartTime), EndTime: secondsOf(now.EndTime) };
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

/** As templates write times: `2026-11-24T22:00:00Z`. */
const secondsOf = (time: Date | undefined) => time?.toISOString().replace(/\.\d+Z$/, 'Z');
