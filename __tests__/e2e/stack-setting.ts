import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import type { ResourceRule } from '../../emulator/types.ts';
import { type ActionRun, type RunActionOptions, runAction } from './run-action.ts';
import { SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

type Operation = ResourceRule['operation'];

export const errors = ({ annotations }: ActionRun) => annotations.filter(({ level }) => level === 'error');

/** Time in which a run of the action sees that something is going on; AWS's, 600 times as fast here. Milliseconds. */
export const minutes = (count: number) => count * 60_000;

/** A local AWS for the tests of one file, a person at CloudFormation, and deployments of the small stack. */
export function stackSetting() {
  let local: LocalAws | undefined;
  let stacks = 0;
  beforeAll(async () => {
    local = await startLocalAws({ speed: 600 });
  }, 300_000); // the first time moto is installed
  afterAll(async () => local?.[Symbol.asyncDispose]());
  afterEach(() => local?.play({}));

  const aws = () => {
    if (local === undefined) throw new Error('The local AWS has not been started');
    return local;
  };
  const person = () =>
    new CloudFormation({
      endpoint: aws().endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'person', secretAccessKey: 'person' },
    });

  async function statusOf(stack: string): Promise<string | undefined> {
    try {
      return (await person().describeStacks({ StackName: stack })).Stacks?.[0]?.StackStatus;
    } catch (error) {
      if (String(error).includes('does not exist')) return undefined;
      throw error;
    }
  }

  return {
    aws,
    person,
    statusOf,
    newStack: () => `states-${++stacks}`,
    deploy: (stack: string, inputs: Record<string, string> = {}, options: RunActionOptions = {}) =>
      runAction({
        env: aws().env,
        files: SMALL_FILES,
        ...options,
        inputs: { environment: 'dev', 'stack-name': stack, ...inputs },
      }),
    play: (...resources: readonly ResourceRule[]) => aws().play({ resources }),
    /** Makes each operation on the resource fail, in words that name both. */
    fail: (logicalId: string, ...operations: readonly Operation[]) =>
      aws().play({
        resources: operations.map((operation) => ({
          logicalId,
          operation,
          fail: `${logicalId} will not ${operation}`,
        })),
      }),
    /** A person creates the small stack; who waits for it says so. */
    createByHand: (stack: string) => person().createStack({ StackName: stack, TemplateBody: SMALL_TEMPLATE }),
    async settled(stack: string): Promise<void> {
      while ((await statusOf(stack))?.endsWith('_IN_PROGRESS')) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    /** Change sets that have been left: the executed one stays listed until the next. */
    leftChangeSets: async (stack: string) =>
      (await person().listChangeSets({ StackName: stack })).Summaries?.filter(
        (set) => set.ExecutionStatus !== 'EXECUTE_COMPLETE',
      ),
  };
}
