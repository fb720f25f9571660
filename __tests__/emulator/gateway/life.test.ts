import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLocalAws } from '../../../emulator/local-aws.ts';
import { LOCAL_DIRECTORY } from '../../../emulator/python.ts';
import { cpuOf, processesOf } from './processes.ts';

/** Runs in a session and with a home of their own, so that all they start and write can be found. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'local-aws-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SDK = import.meta.resolve('@aws-sdk/client-cloudformation');

interface Run {
  readonly child: ChildProcess;
  readonly session: number;
  output(): string;
  errors(): string;
  readonly ended: Promise<number | null>;
}

function start(args: readonly string[]): Run {
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
  });
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, session: child.pid ?? 0, output: () => output, errors: () => errors, ended };
}

const script = (body: string) => [
  '--input-type=module',
  '-e',
  `import { startLocalAws } from ${JSON.stringify(path.resolve('emulator/local-aws.ts'))};
   import { readFileSync } from 'node:fs';
   const template = readFileSync('stack.yml', 'utf8');
   ${body}`,
];

const heard = async (run: Run, text: string, patience = 20_000) => {
  for (const end = performance.now() + patience; performance.now() < end; await setTimeout(25)) {
    if (run.output().includes(text)) return;
    if (run.child.exitCode !== null) break;
  }
  throw new Error(`never said "${text}", but: ${run.output()}${run.errors()}`);
};

/** Finds processes in /proc. */
const onLinux = process.platform === 'linux';

describe('coming and going', () => {
  test('ten runs in a row leave no process and no file behind, and nothing that keeps Node from ending', async () => {
    const run = start(
      script(`
        for (let turn = 0; turn < 10; turn++) {
          await using aws = await startLocalAws({ speed: Infinity });
          await fetch(aws.endpoint + '/_local/health');
        }
        console.log('ten');`),
    );
    expect([await run.ended, run.output(), run.errors()]).toEqual([0, 'ten\n', '']);
    expect(processesOf(run.session, folder)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  }, 120_000);

  test('a run that has booted hosts leaves nothing behind either', async () => {
    const run = start(
      script(`
        const { CloudFormation } = await import(${JSON.stringify(SDK)});
        await using aws = await startLocalAws({ speed: 60 });
        Object.assign(process.env, aws.env);
        const cloudFormation = new CloudFormation({});
        const parameter = (ParameterKey, ParameterValue) => ({ ParameterKey, ParameterValue });
        await cloudFormation.createStack({
          StackName: 's',
          TemplateBody: template,
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          Parameters: [
            parameter('ApplicationDesiredCount', '2'),
            parameter('ApplicationSubnets', 'subnet-a5d3ecee,subnet-324e246f'),
            parameter('VpcId', 'vpc-f8233a80'),
          ],
        });
        const status = async () => (await cloudFormation.describeStacks({ StackName: 's' })).Stacks[0].StackStatus;
        while ((await status()) === 'CREATE_IN_PROGRESS') await new Promise((resolve) => setTimeout(resolve, 200));
        console.log(await status());
        cloudFormation.destroy();`),
    );
    expect([await run.ended, run.output(), run.errors()]).toEqual([0, 'CREATE_COMPLETE\n', '']);
    expect(processesOf(run.session, folder)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  }, 120_000);

  (onLinux ? test : test.skip)(
    'idle it uses no processor time',
    async () => {
      const run = start(script(`await startLocalAws(); console.log('ready');`));
      try {
        await heard(run, 'ready');
        await setTimeout(1_500);
        const before = processesOf(run.session, folder);
        await setTimeout(3_000);
        const after = processesOf(run.session, folder);
        expect(after.map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
        expect(before.length).toBeGreaterThanOrEqual(2);
        expect(cpuOf(after) - cpuOf(before)).toBeLessThan(0.05);
      } finally {
        run.child.kill('SIGKILL');
        await run.ended;
      }
    },
    60_000,
  );

  test('a run that is killed takes moto with it', async () => {
    const run = start(script(`await startLocalAws(); console.log('ready');`));
    await heard(run, 'ready');
    run.child.kill('SIGKILL');
    await run.ended;
    for (let look = 0; look < 100 && processesOf(run.session, folder).length > 0; look++) await setTimeout(50);
    expect(processesOf(run.session, folder)).toEqual([]);
  }, 60_000);
});

describe('npm run emulator', () => {
  const command = (...args: string[]) => start([path.resolve('emulator/main.ts'), ...args]);

  test('says where it is, what to export and when it is ready, and an interrupt ends it', async () => {
    const scenario = path.join(folder, 'scenario.json');
    await writeFile(scenario, '{"calls":[{"when":{"action":"ListStacks"},"then":{"error":"Throttling"}}]}');
    const run = command('--speed', '100', '--scenario', scenario);
    await heard(run, 'Ready');
    const variables = Object.fromEntries([...run.output().matchAll(/^export (\w+)=(.*)$/gm)].map(([, k, v]) => [k, v]));
    expect(Object.keys(variables)).toContain('AWS_ENDPOINT_URL');
    const cloudFormation = new CloudFormation({
      endpoint: variables.AWS_ENDPOINT_URL ?? '',
      region: variables.AWS_REGION ?? '',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    await expect(cloudFormation.listStacks({})).rejects.toThrow('Rate exceeded');
    expect((await cloudFormation.describeStacks({})).Stacks ?? []).toEqual([]);

    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(run.errors()).toBe('');
    expect(processesOf(run.session, folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(['scenario.json']);
  }, 60_000);

  test('a port that is asked for is the one', async () => {
    await using other = await startLocalAws();
    const taken = new URL(other.endpoint).port;
    const run = command('--port', taken);
    expect(await run.ended).toBe(1);
    expect(run.errors()).toBe(`Port ${taken} of 127.0.0.1 is taken.\n`);
    expect(processesOf(run.session, folder)).toEqual([]);
  }, 60_000);

  test.each([
    [['--port', 'x'], '--port cannot be x'],
    [['--speed', '0'], '--speed cannot be 0'],
    [['--speed', ''], '--speed cannot be '],
    [['--sped', '1'], "Unknown option '--sped'"],
  ])('%j is refused with the usage', async (args, message) => {
    const run = command(...args);
    expect(await run.ended).toBe(2);
    expect(run.errors()).toContain(message);
    expect(run.errors()).toContain('npm run emulator -- [--port N]');
  });
});

test('many side by side, each with a state of its own', async () => {
  await using stack = new AsyncDisposableStack();
  const all = await Promise.all([startLocalAws(), startLocalAws(), startLocalAws()]);
  for (const aws of all) stack.use(aws);
  const [first, second] = all;
  await first?.services.ecs.createCluster({ clusterName: 'mine' });
  expect((await first?.services.ecs.listClusters({}))?.clusterArns).toHaveLength(1);
  expect((await second?.services.ecs.listClusters({}))?.clusterArns).toEqual([]);
  expect(new Set(all.map(({ endpoint }) => endpoint)).size).toBe(3);
}, 60_000);

test('what it installs and writes is below .local/', () => {
  expect(LOCAL_DIRECTORY).toBe(`${path.resolve('.local')}/`);
});
