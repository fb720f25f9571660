import type { StackEvent } from '../../src/stack/model.ts';
import { arnOf, STACK_TYPE } from './fake-cloudformation.ts';

type Sketch = Partial<StackEvent> & Pick<StackEvent, 'status'>;

/** Events from what matters of them, a second apart. Without `logicalId` an event is of its stack itself. */
export function eventsOf(...sketches: readonly Sketch[]): StackEvent[] {
  return sketches.map((sketch, index) => {
    const nestedIn = sketch.nestedIn ?? [];
    const stackName = nestedIn.at(-1) ?? 'todo';
    const ofItself = sketch.logicalId === undefined;
    return {
      id: `event-${index}`,
      at: index * 1_000,
      stackId: arnOf(stackName),
      stackName,
      logicalId: stackName,
      resourceType: ofItself ? STACK_TYPE : 'AWS::ECS::Cluster',
      nestedIn,
      ...(ofItself && { physicalId: arnOf(stackName) }),
      ...sketch,
    };
  });
}
