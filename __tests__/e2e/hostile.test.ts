import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import { expectNothingForged, HOSTILE } from './hostile/forgery.ts';
import { type ActionRun, type Files, type RunActionOptions, runAction } from './run-action.ts';
import { lineOf, SMALL_TEMPLATE } from './small-stack.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: Number.POSITIVE_INFINITY });
}, 300_000); // the first time moto is installed
afterAll(async () => aws[Symbol.asyncDispose]());
afterEach(() => aws.play({}));

const TEMPLATE = SMALL_TEMPLATE.replace(/ {2}Password.*\n/, '');
const FILES: Files = { 'stack.yml': TEMPLATE, 'env/dev.cfg': 'Retention=7\n' };

let stacks = 0;
function deploy(files: Files, inputs: Record<string, string> = {}, options: RunActionOptions = {}): Promise<ActionRun> {
  stacks += 1;
  const given = { environment: 'dev', 'stack-name': `hostile-${stacks}`, ...inputs };
  return runAction({ env: aws.env, ...options, files: { ...FILES, ...files }, inputs: given });
}

const errors = ({ annotations }: ActionRun) => annotations.filter(({ level }) => level === 'error');
const told = (run: ActionRun) =>
  errors(run)
    .map(({ title = '', message }) => `${title}: ${message}`)
    .join('\n');

/** Refused for what is written, with one clear error or more, and before AWS was asked for anything. */
async function expectRefused(run: Promise<ActionRun>, why: RegExp): Promise<ActionRun> {
  const before = aws.calls().length;
  const refused = await run;
  expect(refused).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed', 'failure-reason': 'invalid-config' } });
  expect(told(refused)).toMatch(why);
  expect(aws.calls().slice(before)).toEqual([]);
  expectNothingForged(refused);
  return refused;
}

const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
  .split('')
  .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(', ')}]`)
  .join('\n')}\n`;
const indented = (text: string) => text.replace(/^(?=.)/gm, '  ');
const noCfg = { 'env/dev.cfg': null };

describe('files that are made to hurt are refused before AWS is asked', () => {
  test.each<[string, Files, RegExp]>([
    ['a billion laughs in the template', { 'stack.yml': `${TEMPLATE}Metadata:\n${indented(BOMB)}` }, /alias/i],
    ['a billion laughs in the environment', { ...noCfg, 'env/dev.yml': `parameters:\n${indented(BOMB)}` }, /alias/i],
    ['a template that is nested without end', { 'stack.yml': `Resources: ${'['.repeat(100_000)}` }, /nest|deep/i],
    [
      'JSON that is nested without end',
      { ...noCfg, 'env/dev.json': `{"parameters":${'['.repeat(50_000)}${']'.repeat(50_000)}}` },
      /nest|deep/i,
    ],
    [
      'YAML that is nested without end',
      { ...noCfg, 'env/dev.yml': `parameters: ${'{a: '.repeat(50_000)}` },
      /nest|deep/i,
    ],
    ['a template of 10 MB', { 'stack.yml': `${TEMPLATE}# ${'x'.repeat(10_000_000)}` }, /bytes.*limit/],
    ['an environment of 10 MB', { 'env/dev.cfg': `Retention=${'7'.repeat(10_000_000)}` }, /bytes.*limit/],
    [
      'JavaScript in YAML',
      { ...noCfg, 'env/dev.yml': 'parameters: { Retention: !!js/function "process.exit(0)" }' },
      /tag|!!js/i,
    ],
    [
      'an object under the prototype',
      { ...noCfg, 'env/dev.yml': 'parameters: { __proto__: { Retention: 7 }, constructor: 7 }' },
      /__proto__/,
    ],
    ['a template that is a list', { 'stack.yml': '- Resources\n' }, /template/i],
    ['an empty template', { 'stack.yml': '' }, /template/i],
    ['two documents in one template', { 'stack.yml': `${TEMPLATE}---\n${TEMPLATE}` }, /document/i],
  ])('%s', async (_, files, why) => {
    const { durationMs } = await expectRefused(deploy(files), why);
    expect(durationMs).toBeLessThan(15_000); // a busy machine's; it is some 100 ms on an idle one
  });

  test.each(['stack.yml', 'env/dev.cfg', 'env/dev.yml', 'env/dev.json'])(
    'bytes that are no text, as %s',
    async (name) => {
      const zip = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 0, 0xff, 0xfe]), randomBytes(4_096)]);
      await expectRefused(deploy({ ...(name.startsWith('env/') && noCfg), [name]: zip }), /UTF-8|text/);
    },
  );

  test.each([
    ['environment', '../../../etc/passwd'],
    ['environment', 'dev/../../x'],
    ['env-directory', '/etc'],
    ['template', '../../../../etc/passwd'],
    ['template', '/etc/passwd'],
  ])('%s %s', async (input, value) => {
    const run = await expectRefused(deploy({}, { [input]: value }), /absolute|out of|name/);
    expect(run.log).not.toContain('root:');
  });
});

describe('text that is made to be taken for something else', () => {
  test('in parameters, outputs and descriptions is told as it is', async () => {
    const template = TEMPLATE.replace(
      'Parameters:',
      `Description: ${JSON.stringify(HOSTILE)}\nParameters:\n  Hostile: { Type: String, Description: ${JSON.stringify(HOSTILE)} }`,
    ).replace(
      'Outputs:',
      `Outputs:\n  Hostile: { Value: !Ref Hostile, Description: ${JSON.stringify(HOSTILE)} }\n  outcome: { Value: taken }\n  Report: { Value: taken }`,
    );
    const environment = `parameters:\n  Hostile: ${JSON.stringify(HOSTILE)}\n  Retention: 7\n`;
    const run = await deploy(
      { ...noCfg, 'stack.yml': template, 'env/dev.yml': environment },
      { tags: 'a=::error::forged' },
    );
    // XML, in which AWS answers, has no escape character.
    const Hostile = HOSTILE.replace('\u001b', '\ufffd');
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', Hostile } });
    expect(run.outputs.report).not.toBe('taken');
    expectNothingForged(run);
  }, 60_000);

  test('in the reason of a failure', async () => {
    aws.play({ resources: [{ logicalId: 'Logs', operation: 'create', fail: HOSTILE }] });
    const run = await deploy({});
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
    expect(errors(run)).toEqual([expect.objectContaining({ file: 'stack.yml', line: lineOf(TEMPLATE, '  Logs:') })]);
    expectNothingForged(run);
  }, 60_000);

  test.each(['DescribeStacks', 'CreateChangeSet', 'ListChangeSets'])(
    'in what AWS says of %s',
    async (action) => {
      aws.play({ calls: [{ when: { action }, then: { error: 'ValidationError', message: HOSTILE } }] });
      expectNothingForged(await deploy({}));
    },
    60_000,
  );

  test('in the type of a resource, which AWS refuses', async () => {
    const run = await deploy({ 'stack.yml': TEMPLATE.replace('AWS::Logs::LogGroup', JSON.stringify(HOSTILE)) });
    expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed' } });
    expectNothingForged(run);
  }, 60_000);

  test.each<[string, Files]>([
    [
      'names of the environment file',
      { 'env/dev.cfg': `Retention=7\n${HOSTILE}\n::error::forged=1\n##[error]forged=2\n` },
    ],
    ['names of parameters in YAML', { ...noCfg, 'env/dev.yml': `parameters:\n  ${JSON.stringify(HOSTILE)}: 1\n` }],
    ['names of resources', { 'stack.yml': TEMPLATE.replace('  Logs:', `  ${JSON.stringify(HOSTILE)}:`) }],
    ['references', { 'stack.yml': TEMPLATE.replace('!Ref Retention', `!Ref ${JSON.stringify(HOSTILE)}`) }],
    ['YAML that cannot be read', { 'stack.yml': `Resources: {\n${HOSTILE}` }],
    ['JSON that cannot be read', { ...noCfg, 'env/dev.json': `{ "parameters": ${HOSTILE}` }],
  ])('in %s', async (_, files) => {
    await expectRefused(deploy(files), /./);
  });

  test.each([
    'mode',
    'environment',
    'stack-name',
    'region',
    'template',
    'capabilities',
    'tags',
    'stack-timeout',
    'role-arn',
  ])('in the input %s', async (input) => {
    await expectRefused(deploy({}, { [input]: HOSTILE }), /./);
  });
});

describe('what is misspelt, missing or out of range', () => {
  const template = TEMPLATE.replace(
    '  Retention: { Type: Number, Default: 7 }',
    '  Retention: { Type: Number, MinValue: 1, MaxValue: 365 }\n  Owner: { Type: String }\n  Stage: { Type: String, Default: dev }',
  );

  test('is told all at once, each at its line, and AWS is not asked', async () => {
    const environment = '# hosts\nRetention=999\nStaeg=prod\n\n# the end\n';
    const run = await expectRefused(deploy({ 'stack.yml': template, 'env/dev.cfg': environment }), /Owner/);
    const places = errors(run).map(({ file, line, title }) => [`${file}:${line}`, title]);
    expect(places).toEqual([
      ['env/dev.cfg:2', expect.stringContaining('Retention')],
      ['env/dev.cfg:3', expect.stringContaining('Staeg')],
      ['env/dev.cfg:5', expect.stringContaining('Owner')], // where it is to be added
    ]);
    expect(told(run)).toMatch(/Stage/); // what was meant
    expect(told(run)).toMatch(/365/);
  });

  test('among the inputs too', async () => {
    const run = await expectRefused(
      deploy({}, { enviroment: 'dev', 'accept-defaults': 'yes', mode: 'destroy' }),
      /enviroment/,
    );
    expect(errors(run)).toHaveLength(3);
    expect(told(run)).toMatch(/environment/);
    expect(told(run)).toMatch(/accept-defaults/);
    expect(told(run)).toMatch(/destroy/);
  });
});

describe('templates as large as they may be', () => {
  test('500 resources', async () => {
    const more = 500 - 4; // those of the small template
    const names = Array.from({ length: more }, (_, at) => `Logs${at}: { Type: AWS::Logs::LogGroup }`);
    const run = await deploy({ 'stack.yml': TEMPLATE.replace('Outputs:', `  ${names.join('\n  ')}\nOutputs:`) });
    expect(run).toMatchObject({ exitCode: 0, annotationsDropped: 0, outputs: { outcome: 'succeeded' } });
    expect(run.log).toContain(`Logs${more - 1}`);
    expect(run.annotations.filter(({ level }) => level === 'notice')).toHaveLength(10);
    expect(run.annotations.at(-1)?.title).toMatch(/49\d/);
    expect(run.summary.length).toBeGreaterThan(1_000);
  }, 120_000);

  // Fewer characters than the limit, and more bytes.
  const large = `${TEMPLATE}# ${'é'.repeat(26_000)}\n`;

  test('more than 51,200 bytes and no bucket', async () => {
    expect(large.length).toBeLessThan(51_200);
    await expectRefused(deploy({ 'stack.yml': large }), /template-bucket/);
  });

  test('more than 51,200 bytes through the bucket', async () => {
    await aws.services.s3.createBucket({ Bucket: 'large-templates' });
    const run = await deploy({ 'stack.yml': large }, { 'template-bucket': 'large-templates' });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    expect(aws.calls({ service: 's3', action: 'PutObject' })).toHaveLength(1);
  }, 60_000);
});
