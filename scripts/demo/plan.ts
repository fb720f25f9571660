import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAction } from '../../__tests__/e2e/run-action.ts';
import { layOut } from '../../__tests__/e2e/runner/workspace.ts';
import { startLocalGitHub } from '../../emulator/github/local-github.ts';
import { bringUpAws, leave, takePictures } from './stage.ts';

/** The stack that is there already is not what this is about. */
const SPEED = 600;
const HEAD = '0f9e8d7c6b5a49382716fedcba98765432100123';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');
const DEV = read('env/dev.cfg');

/** What is deployed: three hosts. */
const DEPLOYED = { 'env/dev.cfg': DEV.replace(/^ApplicationDesiredCount=.*$/m, 'ApplicationDesiredCount=3') };

/** What the pull request makes of it: larger hosts, one more of them, shorter logs; and an environment beside it. */
const CHANGED = {
  'stack.yml': read('stack.yml').replace('RetentionInDays: 30', 'RetentionInDays: 14'),
  'env/dev.cfg': `${DEPLOYED['env/dev.cfg'].replace('Count=3', 'Count=4')}ApplicationInstanceType=t3.medium\n`,
  'env/staging.cfg': DEV,
};

const EVENT = {
  name: 'pull_request',
  payload: {
    pull_request: {
      number: 7,
      head: { sha: HEAD, repo: { full_name: 'octo-org/todobackend' } },
      base: { ref: 'main', repo: { full_name: 'octo-org/todobackend' } },
    },
  },
};

/**
 * A pull request: deploys a stack, changes its files, plans, and leaves the comment that the local GitHub was given: as
 * pages, and as pictures where there is a Chromium.
 */
export async function demoPlan(): Promise<number> {
  const workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-demo-'));
  try {
    return await planIn(workspace);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function planIn(workspace: string): Promise<number> {
  await using aws = await bringUpAws(SPEED);
  await using github = await startLocalGitHub({ pullRequests: [{ number: 7, headSha: HEAD }] });
  await layOut(workspace, DEPLOYED);
  console.log('Deploying what is on the main branch …');
  const deployed = await runAction({ workspace, inputs: { environment: 'dev' }, env: aws.env });
  if (deployed.exitCode !== 0) {
    console.log(deployed.log);
    return deployed.exitCode;
  }
  console.log('Planning the pull request …\n');
  const planned = await runAction({
    workspace,
    files: CHANGED,
    inputs: { mode: 'plan', environment: 'dev,staging' },
    env: aws.env,
    event: EVENT,
    githubToken: github.token,
    github: { apiUrl: github.url },
    onLine: (line) => console.log(line),
  });
  console.log('');
  leave('plan-summary', 'The job summary', planned.summary);
  const [comment] = github.comments();
  if (comment === undefined) throw new Error('There is no comment on the pull request');
  await takePictures(leave('plan', 'The comment on the pull request', comment.body));
  return planned.exitCode;
}
