import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCfgFile } from '../../src/config/cfg-file.ts';
import { loadEnvironment } from '../../src/config/environment-file.ts';
import { readJsonFile, readYamlFile } from '../../src/config/yaml-file.ts';
import { lines, repository } from './fixtures.ts';

function given(read: ReturnType<typeof readCfgFile>): unknown[] {
  return read.environment.parameters.map(({ name, written, place }) => [
    name,
    written.kind === 'value' ? written.value : written,
    place.location?.line,
  ]);
}

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,20}$/);

describe('.cfg', () => {
  test('values are what stands after the first =, whatever it is', () => {
    const text = [
      '# a comment',
      'Plain=1',
      '',
      '   # another',
      'Subnets=subnet-a,subnet-b',
      'Equals=a=b==c',
      'Quoted="a \'b\'"',
      'Hash=a # not a comment',
      'Unicode=Grüße 😀',
      'Empty=',
      ' Spaced =x',
      'Keep=!PreviousValue',
    ].join('\r\n');
    const read = readCfgFile(text, 'env/dev.cfg');
    expect(given(read)).toEqual([
      ['Plain', '1', 2],
      ['Subnets', 'subnet-a,subnet-b', 5],
      ['Equals', 'a=b==c', 6],
      ['Quoted', '"a \'b\'"', 7],
      ['Hash', 'a # not a comment', 8],
      ['Unicode', 'Grüße 😀', 9],
      ['Empty', '', 10],
      ['Spaced', 'x', 11],
      ['Keep', { kind: 'previous' }, 12],
    ]);
    expect(read.findings).toEqual([]);
    expect(read.environment.end.where).toBe('env/dev.cfg:12');
  });

  test('white space around a value stays, with a warning', () => {
    const read = readCfgFile('A= x \nB=y', 'env/dev.cfg');
    expect(given(read)).toEqual([
      ['A', ' x ', 1],
      ['B', 'y', 2],
    ]);
    expect(lines(read.findings)).toEqual([
      expect.stringMatching(/^warning env\/dev.cfg:1 The value of A starts or ends/),
    ]);
  });

  test('a line that is none is told by its number, not by what it holds', () => {
    const read = readCfgFile('A=1\nsecret-looking-text\n=x', 'env/dev.cfg');
    expect(lines(read.findings)).toEqual([
      expect.stringMatching(/^error env\/dev.cfg:2 .*there is no '=' in it/),
      expect.stringMatching(/^error env\/dev.cfg:3 .*there is no name before/),
    ]);
    expect(JSON.stringify(read.findings)).not.toContain('secret-looking');
  });

  test('whatever is written is read back', () => {
    const value = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ''));
    const entries = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 10 });
    fc.assert(
      fc.property(entries, fc.constantFrom('\n', '\r\n'), fc.boolean(), (written, lineEnd, comments) => {
        const text = written
          .map(([key, content]) => `${comments ? `# x${lineEnd}` : ''}${key}=${content}`)
          .join(lineEnd);
        const read = readCfgFile(text, 'f');
        const expected = written.map(([key, content], index) => [
          key,
          content.trim() === '!PreviousValue' ? { kind: 'previous' } : content,
          comments ? 2 * index + 2 : index + 1,
        ]);
        expect(given(read)).toEqual(expected);
        expect(read.findings.filter(({ level }) => level === 'error')).toEqual([]);
      }),
    );
  });
});

describe('.yml', () => {
  test('everything that it says', () => {
    const read = readYamlFile(
      `# production
stack-name: todobackend-prod
region: eu-west-1
account: 012345678901
role: arn:aws:iam::385605022855:role/muster
parameters:
  Count: 3
  Subnets: [subnet-a5d3ecee, subnet-324e246f]
  Vpc: !ImportValue network-VpcId
  Image: !Ssm /golden/ecs/ami
  Password: !Env DB_PASSWORD
  Owner: !PreviousValue
  Old: { PreviousValue: true }
  Text: |
    two
    lines
tags: { team: platform, cost: 007 }
drift: { ignore: [Group.DesiredCapacity] }
`,
      'env/prod.yml',
    );
    expect(read.findings).toEqual([]);
    expect(given(read)).toEqual([
      ['Count', '3', 7],
      ['Subnets', 'subnet-a5d3ecee,subnet-324e246f', 8],
      ['Vpc', { kind: 'import', exportName: 'network-VpcId' }, 9],
      ['Image', { kind: 'ssm', parameterName: '/golden/ecs/ami' }, 10],
      ['Password', { kind: 'env', variable: 'DB_PASSWORD' }, 11],
      ['Owner', { kind: 'previous' }, 12],
      ['Old', { kind: 'previous' }, 13],
      ['Text', 'two\nlines\n', 14],
    ]);
    expect(read.environment).toMatchObject({
      stackName: { value: 'todobackend-prod', place: { where: 'env/prod.yml:2' } },
      region: { value: 'eu-west-1' },
      account: { value: '012345678901' },
      role: { value: 'arn:aws:iam::385605022855:role/muster' },
      tags: { values: { team: 'platform', cost: '007' } },
      driftIgnore: ['Group.DesiredCapacity'],
      end: { where: 'env/prod.yml:6' },
    });
  });

  test.each([
    '007',
    '1e3',
    'yes',
    'No',
    'on',
    '0x10',
    '0o17',
    '1_000',
    '1.10',
    '.5',
    '+1',
    'True',
    '2010-09-09',
    '12345678901234567890',
    '1:30',
    '-0',
  ])('%s stays as it is written', (text) => {
    expect(given(readYamlFile(`parameters:\n  A: ${text}\n  B: [${text}, ${text}]\n`, 'f'))).toEqual([
      ['A', text, 2],
      ['B', `${text},${text}`, 3],
    ]);
  });

  test('quoted text is read back, whatever it is', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme' }), { noNullPrototype: true }), (values) => {
        const text = `parameters:\n${Object.entries(values)
          .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`)
          .join('')}`;
        const expected = Object.entries(values).map(([key, value], index) => [key, value, index + 2]);
        expect(given(readYamlFile(text, 'f'))).toEqual(expected);
        expect(given(readJsonFile(JSON.stringify({ parameters: values }), 'f'))).toEqual(
          Object.entries(values).map(([key, value]) => [key, value, 1]),
        );
      }),
    );
  });

  test.each([
    ['parameter: {}', /^error f:1 'parameter' is nothing that an environment file says\. Did you mean 'parameters'\?/],
    ['VpcId: x', /There are stack-name, .*; parameters of the template go under 'parameters'/],
    ['parameters:\n  A:', /^error f:2 The parameter A cannot be used: it has no value\. Write '' for the empty text/],
    ['parameters:\n  A: ~', /it has no value/],
    ['parameters:\n  A: { b: c }', /its value is a mapping/],
    ['parameters:\n  A: { constructor: c }', /its value is a mapping/],
    ['parameters:\n  A: !ImportVale x', /an environment file has no tag !ImportVale\. Did you mean '!ImportValue'\?/],
    ['parameters:\n  A: !!binary aGVsbG8=', /has no tag !!binary/],
    ['parameters:\n  A: !!js/function "process.exit()"', /has no tag !!js\/function/],
    ['parameters:\n  A: !Ref x', /has no tag !Ref\. There are !ImportValue, !Ssm, !Env, !PreviousValue/],
    ['parameters:\n  A: !Ssm', /!Ssm needs a name after it/],
    ['parameters:\n  A: !PreviousValue x', /takes nothing after it/],
    ['parameters:\n  A: !Env [x]', /!Env takes one name, not a sequence/],
    ['parameters:\n  A: [a, !Ssm b]', /tags cannot stand inside a list/],
    ['parameters:\n  A: [a, [b]]', /no plain text/],
    ["parameters:\n  A: ['a,b']", /holds a comma/],
    ['parameters:\n  A: 1\n  A: 2', /^error f:3 .*'A' is here twice/],
    ['parameters: [a]', /has to be a mapping of parameter names/],
    ['region: [a]', /'region' has to be plain text/],
    ['tags: x', /'tags' has to be a mapping/],
    ['tags: { a: [b] }', /the tag 'a' has to be plain text/],
    ['drift: { ignored: [] }', /'drift' holds 'ignore'/],
    ['parameters:\n\tA: 1', /^error f:2 .*a tab indents this line/],
    ['just text', /is a mapping with parameters/],
    ['a: [', /cannot be read here/],
    ['a: &a [*a]', /no anchor/],
  ])('%j is refused', (text, pattern) => {
    const found = lines(readYamlFile(text, 'f').findings);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(pattern);
  });

  test.each(['', '# nothing', 'parameters:', 'parameters: {}', '~'])('%j says nothing', (text) => {
    const read = readYamlFile(text, 'f');
    expect([read.findings, read.environment.parameters]).toEqual([[], []]);
  });
});

describe('.json', () => {
  test('the list of the AWS command line', () => {
    const read = readJsonFile(
      '[\n {"ParameterKey": "A", "ParameterValue": "x,y"},\n {"ParameterKey": "B", "UsePreviousValue": true}\n]',
      'f',
    );
    expect(read.findings).toEqual([]);
    expect(given(read)).toEqual([
      ['A', 'x,y', 2],
      ['B', { kind: 'previous' }, 3],
    ]);
  });

  test('the template configuration of CodePipeline', () => {
    const read = readJsonFile('{"Parameters": {"A": "x", "N": 1.0}, "Tags": {"t": "v"}, "StackPolicy": {}}', 'f');
    expect(read.findings).toEqual([]);
    expect(given(read)).toEqual([
      ['A', 'x', 1],
      ['N', '1.0', 1],
    ]);
    expect(read.environment.tags?.values).toEqual({ t: 'v' });
  });

  test('the same as .yml, with sources as mappings', () => {
    const read = readJsonFile(
      '{"stack-name": "s", "parameters": {"A": {"Ssm": "/x"}, "B": {"Env": "X"}, "C": true}}',
      'f',
    );
    expect(given(read)).toEqual([
      ['A', { kind: 'ssm', parameterName: '/x' }, 1],
      ['B', { kind: 'env', variable: 'X' }, 1],
      ['C', 'true', 1],
    ]);
  });

  test.each([
    ['{"a": 1,}', /cannot be read here/],
    ['parameters: {}', /cannot be read here/],
    ['[{"ParameterValue": "x"}]', /needs a ParameterKey/],
    ['[{"ParameterKey": "A"}]', /it has no value/],
    ['{"Parameters": {}, "Tgs": {}}', /'Tgs' does not belong beside 'Parameters'/],
  ])('%j is refused', (text, pattern) => {
    expect(lines(readJsonFile(text, 'f').findings)[0]).toMatch(pattern);
  });
});

test('no environment file makes a reader throw', () => {
  const pieces = fc.constantFrom(
    'parameters',
    'tags',
    ':',
    ' ',
    '\n  ',
    '- ',
    '!Ssm ',
    '!Env',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    '=',
    '#',
    'a',
    '~',
    '&a ',
    '*a',
    '<<: ',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      for (const read of [readCfgFile, readYamlFile, readJsonFile]) expect(read(text, 'f').environment).toBeDefined();
    }),
    { numRuns: 500 },
  );
});

describe('finding the file', () => {
  test.each(['cfg', 'yml', 'yaml', 'json'])('dev.%s', async (extension) => {
    const text = {
      cfg: 'A=1',
      yml: 'parameters: { A: 1 }',
      yaml: 'parameters: { A: 1 }',
      json: '{"parameters":{"A":1}}',
    }[extension];
    await using workspace = await repository({ [`env/dev.${extension}`]: text ?? '' });
    const loaded = await loadEnvironment(workspace.path, 'env', 'dev');
    expect(loaded.file).toBe(`env/dev.${extension}`);
    expect(given(loaded)).toEqual([['A', '1', 1]]);
  });

  async function refusal(environment: string, directory = 'env'): Promise<string> {
    await using workspace = await repository({
      'env/dev.cfg': 'A=1',
      'env/prod.yml': '',
      'env/two.cfg': '',
      'env/two.yml': '',
      'env/.cfg': '',
      'env/readme.md': '',
      'env/large.cfg': 'A=1\n'.repeat(500_000),
      'env/binary.cfg': new Uint8Array([0xff, 0x00]),
      'env/folder.yml/x': '',
    });
    await symlink('/etc/passwd', join(workspace.path, 'env/link.cfg'));
    await symlink('loop.cfg', join(workspace.path, 'env/loop.cfg'));
    const { findings, file } = await loadEnvironment(workspace.path, directory, environment);
    expect(file).toBeUndefined();
    return lines(findings).join('\n');
  }

  test.each([
    ['dve', /^error There is no env\/dve\.cfg, .* Did you mean 'dev'\? env\/ has binary, dev, /],
    ['staging', /^error There is no env\/staging\.cfg, .*env\/ has binary, dev/],
    ['dev.cfg', /Did you mean 'dev'\?/],
    ['two', /env\/two\.cfg, env\/two\.yml all claim the name 'two'/],
    ['../x', /'\.\.\/x' cannot be the name of an environment/],
    ['/etc/passwd', /cannot be the name/],
    ['a/b', /cannot be the name/],
    ['..', /cannot be the name/],
    ['', /cannot be the name/],
    ['link', /env\/link\.cfg is a symbolic link that leads out of the repository/],
    ['loop', /env\/loop\.cfg is a symbolic link to itself/],
    ['large', /env\/large\.cfg has 2,000,000 bytes/],
    ['binary', /env\/binary\.cfg cannot be read: it is not UTF-8/],
    ['folder', /env\/folder\.yml is no file/],
  ])('%j is refused', async (environment, pattern) => {
    expect(await refusal(environment)).toMatch(pattern);
  });

  test.each([
    ['../env', /leads out of the repository/],
    ['/env', /is an absolute path/],
    ['nowhere', /nowhere\/ holds no environment/],
  ])('in the folder %j', async (directory, pattern) => {
    expect(await refusal('dev', directory)).toMatch(pattern);
  });

  test('a folder that leads out of the repository is not looked into', async () => {
    await using workspace = await repository({ 'stack.yml': '' });
    await using elsewhere = await repository({ 'secret-name.cfg': 'A=1' });
    await symlink(elsewhere.path, join(workspace.path, 'env'));
    const { findings } = await loadEnvironment(workspace.path, 'env', 'dev');
    expect(lines(findings).join()).not.toContain('secret-name');
    expect(lines(findings)).toHaveLength(1);
  });
});
