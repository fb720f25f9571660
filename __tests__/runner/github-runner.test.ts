import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRunner } from '../../src/runner/github-runner.ts';
import { writeReportFile } from '../../src/runner/report-file.ts';

const run = promisify(execFile);
const MODULE = new URL('../../src/runner/github-runner.ts', import.meta.url).href;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-muster-runner-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs statements against a runner in a process of its own, since `@actions/core` writes to the real one. */
async function inProcess(statements: string, env: Readonly<Record<string, string>>): Promise<string> {
  const script = `
    import { createRunner } from ${JSON.stringify(MODULE)};
    const runner = createRunner(process);
    ${statements}
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env });
  return stdout;
}

function runnerWith(env: Readonly<Record<string, string>>) {
  const written: string[] = [];
  return { written, runner: createRunner({ env, stdout: { write: (text) => written.push(text) } }) };
}

async function commandFile(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '');
  return path;
}

describe('on the GitHub runner', () => {
  test('outputs, state and the summary go to their files, masked where people read them', async () => {
    const files = {
      GITHUB_OUTPUT: await commandFile('output'),
      GITHUB_STATE: await commandFile('state'),
      GITHUB_STEP_SUMMARY: await commandFile('summary'),
    };
    const stdout = await inProcess(
      `
      runner.mask('hunter2');
      await runner.setOutput('outcome', 'succeeded\\nEOF\\nforged=1');
      await runner.setOutput('leak', 'is hunter2');
      await runner.saveState('changeSet', 'first hunter2');
      await runner.saveState('changeSet', 'second hunter2');
      await runner.summary('# hunter2');
      await runner.summary('more');
      `,
      files,
    );
    expect(stdout).toBe('::add-mask::hunter2\n');
    const output = await readFile(files.GITHUB_OUTPUT, 'utf8');
    expect(output).toMatch(/^outcome<<(\S+)\nsucceeded\nEOF\nforged=1\n\1\nleak<<(\S+)\nis \*\*\*\n\2\n$/);
    const state = await readFile(files.GITHUB_STATE, 'utf8');
    expect(state).toMatch(/^changeSet<<(\S+)\nfirst hunter2\n\1\nchangeSet<<(\S+)\nsecond hunter2\n\2\n$/);
    expect(await readFile(files.GITHUB_STEP_SUMMARY, 'utf8')).toBe('# ***\nmore\n');
  });

  test('a summary that cannot be written is told and throws nothing', async () => {
    const stdout = await inProcess(`await runner.summary('# x');`, { GITHUB_STEP_SUMMARY: join(folder, 'none') });
    expect(stdout).toContain('The job summary could not be written');
  });

  test('@actions/core is not loaded before it is needed', async () => {
    const stdout = await inProcess(
      `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) {
        if (name === '@actions/core') console.log('loaded');
        return next(name, context);
      } });
      runner.log.line(runner.input('mode'));
      runner.annotate({ level: 'notice', title: 't', message: 'm' });
      runner.mask('value');
      console.log('before');
      await runner.setOutput('a', 'b');
      `,
      { GITHUB_OUTPUT: await commandFile('lazy'), INPUT_MODE: 'deploy' },
    );
    expect(stdout).toBe('deploy\n::notice title=t::m\n::add-mask::value\nbefore\nloaded\n');
  });

  test('colours are on, though its standard output is no terminal', () => {
    const { runner, written } = runnerWith({ GITHUB_ACTIONS: 'true' });
    runner.log.line([{ text: 'x', style: 'green' }]);
    expect(written).toEqual(['\u001b[32mx\u001b[0m\n']);
  });

  test('annotations are neutralised and masked', () => {
    const { runner, written } = runnerWith({});
    runner.mask('hunter2');
    runner.annotate({ level: 'error', title: 'a: hunter2', message: 'b\n##[error]c', file: 'stack.yml', line: 3 });
    expect(written[1]).toBe('::error file=stack.yml,line=3,title=a%3A ***::b%0A##\u200b[error]c\n');
  });
});

describe('inputs', () => {
  test('are trimmed, and named as action.yml names them', () => {
    const { runner } = runnerWith({ 'INPUT_STACK-NAME': ' dev \n', INPUT_MODE: '', INPUT_A_B: 'x', PATH: '/bin' });
    expect(runner.input('stack-name')).toBe('dev');
    expect(runner.input('a b')).toBe('x');
    expect(runner.input('mode')).toBe('');
    expect(runner.input('absent')).toBe('');
    expect(runner.inputNames()).toEqual(['stack-name', 'mode', 'a_b']);
  });

  test('state is what the runner kept from the main step', () => {
    const { runner } = runnerWith({ STATE_changeSet: 'x' });
    expect(runner.state('changeSet')).toBe('x');
    expect(runner.state('other')).toBe('');
  });
});

describe('in a terminal', () => {
  test('outputs are log lines; summary and state go nowhere; NO_COLOR is heeded', async () => {
    const { runner, written } = runnerWith({ NO_COLOR: '1', GITHUB_ACTIONS: 'true' });
    await runner.setOutput('outcome', 'succeeded');
    await runner.summary('# x');
    await runner.saveState('a', 'b');
    runner.log.line([{ text: 'x', style: 'green' }]);
    expect(written).toEqual(['outcome=succeeded\n', 'x\n']);
  });
});

test('each report has a file of its own', async () => {
  const first = await writeReportFile(folder, '{"a":1}');
  const second = await writeReportFile(folder, '{}');
  expect(first).not.toBe(second);
  expect(await readFile(first, 'utf8')).toBe('{"a":1}');
});
