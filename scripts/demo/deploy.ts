import { runAction } from '../../__tests__/e2e/run-action.ts';
import { bringUpAws, leave } from './stage.ts';

/** AWS's minutes pass in seconds. */
const SPEED = 60;

/** The main job: deploys `stack.yml` with `env/dev.cfg`, calls the roll, and leaves the job summary. */
export async function demoDeploy(): Promise<number> {
  await using aws = await bringUpAws(SPEED);
  const run = await runAction({
    inputs: { environment: 'dev' },
    env: aws.env,
    onLine: (line) => console.log(line),
  });
  const { outcome, 'registered-count': registered, 'desired-count': desired } = run.outputs;
  console.log(`\n${outcome}: registered ${registered ?? '?'} of ${desired ?? '?'}`);
  leave('summary', 'The job summary', run.summary);
  return run.exitCode;
}
