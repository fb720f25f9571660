import { act } from './action.ts';
import { createAws } from './aws/clients.ts';
import { finish } from './modes/debt.ts';
import { abortOnSignals } from './runner/cancellation.ts';
import { createRunner } from './runner/github-runner.ts';
import { systemClock } from './time/clock.ts';
import type { World } from './world.ts';

const signal = abortOnSignals(process, (code) => process.exit(code));
const runner = createRunner(process);
const world: World = {
  clock: systemClock,
  signal,
  runner,
  workspace: process.env.GITHUB_WORKSPACE || process.cwd(),
  aws: createAws({ signal, env: process.env }),
};
// dist/post.js, the entry of the `post` step, starts the same bundle with this argument.
if (process.argv.includes('--post')) await finish(world);
else process.exitCode = await act(world);
