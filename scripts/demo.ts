/**
 * The main job, for a person: brings up the local AWS, runs the action as the GitHub runner does (deploy `stack.yml` with
 * `env/dev.cfg`, call the roll), and leaves the job summary as a page to open.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runAction } from '../__tests__/e2e/run-action.ts';
import { startLocalAws } from '../emulator/local-aws.ts';
import { EquipmentError } from '../emulator/python.ts';
import { githubPage } from './github-markdown.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.local', 'demo');
/** AWS's minutes pass in seconds. */
const SPEED = 60;

async function demo(): Promise<number> {
  console.log('Bringing up the local AWS …');
  await using aws = await startLocalAws({ speed: SPEED, tell: (line) => console.log(`  ${line}`) });
  const hosts = aws.hosts.kind === 'namespace' ? 'boot with their own user data' : `boot scripted: ${aws.hosts.why}`;
  console.log(`It answers at ${aws.endpoint}; its hosts ${hosts}.\n`);

  const run = await runAction({
    inputs: { environment: 'dev' },
    env: aws.env,
    onLine: (line) => console.log(line),
  });

  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'summary.md'), run.summary);
  for (const theme of ['light', 'dark'] as const)
    writeFileSync(join(folder, `summary-${theme}.html`), githubPage(run.summary, theme));
  const { outcome, 'registered-count': registered, 'desired-count': desired } = run.outputs;
  console.log(`\n${outcome}: registered ${registered ?? '?'} of ${desired ?? '?'}`);
  console.log(`The job summary: ${relative(process.cwd(), join(folder, 'summary-light.html'))} (and -dark)`);
  return run.exitCode;
}

try {
  process.exitCode = await demo();
} catch (error) {
  if (!(error instanceof EquipmentError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
