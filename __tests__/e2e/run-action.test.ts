import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type RunActionOptions, runAction } from './run-action.ts';

const ACTION = `
inputs:
  mode: { default: deploy }
  stack-name: {}
  github token: { default: '\${{ github.token }}' }
runs:
  using: node24
  main: main.mjs
  post: post.mjs
`;
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Runs an action made of these scripts. */
async function run(main: string, options: RunActionOptions & { post?: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-muster-fixture-'));
  folders.push(folder);
  await writeFile(join(folder, 'action.yml'), ACTION);
  await writeFile(join(folder, 'main.mjs'), main);
  await writeFile(join(folder, 'post.mjs'), options.post ?? '');
  return runAction({ ...options, action: folder });
}

const say = (...lines: string[]) => `process.stdout.write(${JSON.stringify(`${lines.join('\n')}\n`)});`;
const append = (file: string, text: string) =>
  `(await import('node:fs')).appendFileSync(process.env.GITHUB_${file}, ${JSON.stringify(text)});`;

describe('what the action is given', () => {
  const show = "process.stdout.write('ENV ' + JSON.stringify({ ...process.env, cwd: process.cwd() }) + '\\n')";
  const shown = (log: string): Record<string, string> => JSON.parse(log.replace(/^ENV /, ''));

  test('inputs in upper case, hyphens kept and spaces replaced, with defaults from action.yml', async () => {
    const env = shown((await run(show, { inputs: { mode: 'verify', Extra: 'x' }, githubToken: '' })).log);
    expect(env).toMatchObject({
      INPUT_MODE: 'verify',
      'INPUT_STACK-NAME': '',
      INPUT_GITHUB_TOKEN: '',
      INPUT_EXTRA: 'x',
    });
  });

  test('the token as default of an input, hidden in the log', async () => {
    const { log, unmasked } = await run("console.log(process.env['INPUT_GITHUB_TOKEN'])", {
      githubToken: 'ghs_secret',
    });
    expect(log).toBe('***');
    expect(unmasked).toBe('ghs_secret');
  });

  test('nothing of this machine beside PATH', async () => {
    process.env.AWS_PROFILE = 'production';
    process.env.GITHUB_TOKEN = 'leaked';
    try {
      const env = shown((await run(show, { env: { AWS_REGION: 'eu-west-1' } })).log);
      expect(env.AWS_REGION).toBe('eu-west-1');
      expect(env).not.toHaveProperty('AWS_PROFILE');
      expect(env).not.toHaveProperty('GITHUB_TOKEN');
      expect(env.HOME).not.toBe(process.env.HOME);
    } finally {
      delete process.env.AWS_PROFILE;
      delete process.env.GITHUB_TOKEN;
    }
  });

  test('Node 24, and a workspace of its own with the given files, which is gone afterwards', async () => {
    const { log } = await run(
      "const { readFileSync } = await import('node:fs'); console.log(process.version); console.log(process.cwd());" +
        "console.log(readFileSync('env/dev.cfg', 'utf8'))",
      { files: { 'env/dev.cfg': 'A=1' } },
    );
    const [version, folder, file] = log.split('\n');
    expect(version).toMatch(/^v24\./);
    expect(file).toBe('A=1');
    expect(existsSync(folder ?? '')).toBe(false);
  });

  test('the event, and the variables of the run', async () => {
    const { log } = await run(
      "const { readFileSync } = await import('node:fs'); console.log(process.env.GITHUB_EVENT_NAME, process.env.GITHUB_RUN_ID," +
        'readFileSync(process.env.GITHUB_EVENT_PATH, "utf8"))',
      { event: { name: 'pull_request', payload: { number: 7 } }, github: { runId: '99' } },
    );
    expect(log).toBe('pull_request 99 {"number":7}');
  });
});

describe('workflow commands', () => {
  test('annotations from either stream, with escapes undone and places kept', async () => {
    const { annotations, log } = await run(
      say('  ::error file=a%2Cb%3Ac.yml,line=3,endLine=4,title=Bad%3A one::100%25%0Asecond%253A') +
        "process.stderr.write('::notice::from stderr\\n')",
    );
    expect(annotations).toContainEqual({
      level: 'error',
      file: 'a,b:c.yml',
      line: 3,
      endLine: 4,
      title: 'Bad: one',
      message: '100%\nsecond%3A',
    });
    expect(annotations).toContainEqual({ level: 'notice', message: 'from stderr' });
    expect(log).toContain('##[error]100%\nsecond%3A');
  });

  test('text that only carries a command is one: after blanks, after a lone carriage return, and ##[ anywhere', async () => {
    const { annotations } = await run(say('x ##[warning file=f]one', '\t::ERROR::two', 'progress\r::notice::three'));
    expect(annotations).toEqual([
      { level: 'warning', file: 'f', message: 'one' },
      { level: 'error', message: 'two' },
      { level: 'notice', message: 'three' },
    ]);
  });

  test('text that is none stays text', async () => {
    const lines = ['a ::error::b', '::unknown::c', '::error d', ': :error::e', '##[nothing]f', '#[error]g'];
    const { annotations, log } = await run(say(...lines));
    expect(annotations).toEqual([]);
    expect(log).toBe(lines.join('\n'));
  });

  test('an absolute path below the workspace becomes relative; columns go when lines differ', async () => {
    const { annotations } = await run(
      "console.log('::error file=' + process.cwd() + '/stack.yml,line=1,endLine=2,col=3,endColumn=4::m')",
    );
    expect(annotations).toEqual([{ level: 'error', file: 'stack.yml', line: 1, endLine: 2, message: 'm' }]);
  });

  test('ten of each level are shown, first come first kept; the rest only reaches the log', async () => {
    const { annotations, annotationsDropped, log } = await run(
      say(...Array.from({ length: 12 }, (_, i) => `::warning::w${i}`), '::error::e'),
    );
    expect(annotations.map(({ message }) => message)).toEqual([...Array.from({ length: 10 }, (_, i) => `w${i}`), 'e']);
    expect(annotationsDropped).toBe(2);
    expect(log).toContain('##[warning]w11');
  });

  test('masks hide each line of a secret in log, annotations and summary from then on', async () => {
    const { log, unmasked, annotations, summary } = await run(
      say('early', '::add-mask::hush%0Aearly', 'a hush b early', '::error title=hush::is early') +
        append('STEP_SUMMARY', '# hush\n') +
        say('::stop-commands::long-token', '::error::not one', '::LONG-TOKEN::', '::notice::one again'),
    );
    expect(log).toBe(
      `${['early', 'a *** b ***', '##[error]is ***', '::stop-commands::***', '::error::not one', '::LONG-TOKEN::'].join(
        '\n',
      )}\n##[notice]one again`,
    );
    expect(unmasked).toContain('a hush b early');
    expect(annotations).toEqual([
      { level: 'error', title: '***', message: 'is ***' },
      { level: 'notice', message: 'one again' },
    ]);
    expect(summary).toBe('# ***\n');
  });

  test('a disabled command, or a stop token that is a command, fails the step', async () => {
    expect((await run(say('::set-env name=A::b'))).conclusion).toBe('failure');
    expect((await run(say('::stop-commands::error'))).conclusion).toBe('failure');
    expect((await run(say('::debug::quiet'))).conclusion).toBe('success');
  });
});

describe('command files', () => {
  test('outputs of one line and of many, names without regard to case', async () => {
    const { outputs, exportedEnv } = await run(
      append('OUTPUT', 'a=1=2\nlong<<EOF\nx\n\ny<<z\nEOF\noutcome=ours\nOutcome=theirs\n') + append('ENV', 'K=V\n'),
    );
    expect(outputs).toEqual({ a: '1=2', long: 'x\n\ny<<z', outcome: 'theirs' });
    expect(exportedEnv).toEqual({ K: 'V' });
  });

  test('a malformed file fails the step', async () => {
    const { exitCode, conclusion, annotations } = await run(append('OUTPUT', 'long<<EOF\nx\n'));
    expect(exitCode).toBe(0);
    expect(conclusion).toBe('failure');
    expect(annotations[0]?.message).toContain("Matching delimiter not found 'EOF'");
  });

  test('a summary over 1 MiB is refused with an error, and the step stays green', async () => {
    const { summary, annotations, conclusion } = await run(append('STEP_SUMMARY', 'x'.repeat(1024 * 1024 + 1)));
    expect(summary).toBe('');
    expect(annotations[0]?.message).toContain('upload aborted');
    expect(conclusion).toBe('success');
  });

  test('the report that the output names is read', async () => {
    const { report } = await run(
      "const { appendFileSync, writeFileSync, mkdirSync } = await import('node:fs'); const f = process.env.RUNNER_TEMP + '/r.json';" +
        'writeFileSync(f, JSON.stringify({ ok: true })); appendFileSync(process.env.GITHUB_OUTPUT, "report=" + f)',
    );
    expect(report).toEqual({ ok: true });
  });
});

describe('the end of a run', () => {
  test('post runs in a second process with the saved state and no more of what main said', async () => {
    const { post, annotations, state } = await run(append('STATE', 'owed<<E\na\nb\nE\n') + say('::error::main'), {
      env: { KEY: 'main' },
      postEnv: { KEY: 'gone' },
      post: "console.log(JSON.stringify(process.env.STATE_owed), process.env.KEY); console.log('::warning::post'); process.exitCode = 3",
    });
    expect(state).toEqual({ owed: 'a\nb' });
    expect(post).toEqual({
      exitCode: 3,
      log: '"a\\nb" gone\n##[warning]post',
      annotations: [{ level: 'warning', message: 'post' }],
    });
    expect(annotations.map(({ message }) => message)).toEqual(['main']);
  });

  test('an exit code is passed on, and post still runs', async () => {
    const { exitCode, conclusion, post } = await run('process.exit(4)', { post: "console.log('swept')" });
    expect({ exitCode, conclusion, swept: post?.log }).toEqual({ exitCode: 4, conclusion: 'failure', swept: 'swept' });
  });

  const waits = "setInterval(() => {}, 1e6); console.log('waiting');";

  test('cancel at a line of the log: SIGINT reaches a handler, which may end the run itself', async () => {
    const { exitCode, conclusion, log, post, durationMs } = await run(
      `process.on('SIGINT', () => { console.log('told'); process.exit(130) }); ${waits}`,
      { cancelAfter: /waiting/, post: "console.log('swept')" },
    );
    expect({ exitCode, conclusion, log, post: post?.log }).toEqual({
      exitCode: 130,
      conclusion: 'cancelled',
      log: 'waiting\ntold',
      post: 'swept',
    });
    expect(durationMs).toBeLessThan(5_000);
  });

  test('cancel when a question is answered: SIGINT without a handler ends the process', async () => {
    let asked = 0;
    const { exitCode, conclusion } = await run(waits, { cancelAfter: () => ++asked > 3 });
    expect({ exitCode, conclusion }).toEqual({ exitCode: 130, conclusion: 'cancelled' });
  });

  test('one that ignores both signals is killed after ten seconds', async () => {
    const { exitCode, durationMs, log } = await run(
      `process.on('SIGINT', () => console.log('int')); process.on('SIGTERM', () => console.log('term')); ${waits}`,
      { cancelAfter: /waiting/ },
    );
    expect(exitCode).toBe(137);
    expect(log).toBe('waiting\nint\nterm');
    expect(durationMs).toBeGreaterThan(9_900);
  }, 20_000);

  test('a runner that dies runs no post step', async () => {
    const { exitCode, post } = await run(waits, { cutAfter: 300, post: "console.log('never')" });
    expect(exitCode).toBe(137);
    expect(post).toBeUndefined();
  });

  test('a run without end rejects with its log, and its workspace is gone', async () => {
    await expect(run(waits, { timeLimit: 500 })).rejects.toThrow('still ran after 500 ms. Its log:\nwaiting');
  });

  test('a given workspace is used and kept', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-kept-'));
    folders.push(workspace);
    await run("(await import('node:fs')).writeFileSync('left', 'here')", { workspace, files: { given: 'x' } });
    expect(await readFile(join(workspace, 'left'), 'utf8')).toBe('here');
  });
});
