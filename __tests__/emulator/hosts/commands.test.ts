import { describe, expect, test } from '@jest/globals';
import { clusterOf } from '../../../emulator/hosts/agent.ts';
import { type Ask, curl, type HttpRequest } from '../../../emulator/hosts/commands/curl.ts';
import { initScript, readInit } from '../../../emulator/hosts/commands/init-metadata.ts';
import { packageManager } from '../../../emulator/hosts/commands/package-manager.ts';
import { createMetadataService } from '../../../emulator/hosts/metadata-service.ts';

const signal = new AbortController().signal;
const answering =
  (status: number, body: string): Ask =>
  async () => ({ status, body });
const get = (url: string, headers: Record<string, string> = {}, method = 'GET'): HttpRequest => ({
  method,
  url: new URL(url),
  headers: new Map(Object.entries(headers)),
  signal,
});

describe('curl(1)', () => {
  test('prints what it is answered, writes it with -o, and with -f fails from 400 on', async () => {
    expect(await curl(answering(200, "it's"), ['-s', 'http://x/'], signal)).toBe("printf %s 'it'\\''s'\nexit 0");
    expect(await curl(answering(200, 'text'), ['-so', '/tmp/f', 'http://x/'], signal)).toMatch(
      /printf %s 'text' > '\/tmp\/f'/,
    );
    expect(await curl(answering(401, 'page'), ['-s', 'http://x/'], signal)).toMatch(/page/);
    const failed = await curl(answering(401, 'page'), ['-sSf', 'http://x/'], signal);
    expect(failed).toMatch(/error: 401.*exit 22/s);
    expect(failed).not.toMatch(/page/);
  });

  test('says with 7 that nothing listens, and tells it unless it is silent', async () => {
    const nobody: Ask = async () => undefined;
    expect(await curl(nobody, ['localhost:51678/v1/metadata'], signal)).toMatch(
      /Failed to connect to localhost port 51678.*exit 7/s,
    );
    expect(await curl(nobody, ['--silent', 'localhost:51678'], signal)).toBe('exit 7');
  });

  test('sends method, headers and body', async () => {
    const seen: HttpRequest[] = [];
    const ask: Ask = async (request) => {
      seen.push(request);
      return { status: 200, body: '' };
    };
    await curl(ask, ['-X', 'PUT', '-H', 'X-Token: a:b', '-d', 'body', '--max-time', '5', 'http://x/y'], signal);
    expect(seen).toMatchObject([{ method: 'PUT', body: 'body' }]);
    expect(seen[0]?.headers.get('x-token')).toBe('a:b');
  });

  test('refuses an option that the stand-in does not know', async () => {
    expect(await curl(answering(200, ''), ['--http3', 'http://x/'], signal)).toMatch(/--http3: is unknown.*exit 2/s);
  });
});

// EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
describe('instance metadata, version 2', () => {
  const service = createMetadataService({
    account: {
      accountId: '123456789012',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    },
    instanceId: 'i-1',
    imageId: 'ami-1',
    instanceType: 't3.small',
    availabilityZone: 'eu-west-1a',
    privateIp: '10.0.0.9',
    launchTime: new Date(0),
    userData: '#!/bin/bash',
    groupName: 'group',
  });
  const base = 'http://169.254.169.254/latest';
  const token = () => service(get(`${base}/api/token`, { 'x-aws-ec2-metadata-token-ttl-seconds': '60' }, 'PUT')).body;

  test('answers 401 without a token, or with a wrong one', () => {
    expect(service(get(`${base}/meta-data/instance-id`)).status).toBe(401);
    expect(service(get(`${base}/meta-data/instance-id`, { 'x-aws-ec2-metadata-token': 'no' })).status).toBe(401);
  });

  test('gives a token for a PUT with a lifetime of up to six hours', () => {
    const ask = (ttl: string) =>
      service(get(`${base}/api/token`, { 'x-aws-ec2-metadata-token-ttl-seconds': ttl }, 'PUT')).status;
    expect([ask('21600'), ask('21601'), ask('0'), ask('')]).toEqual([200, 400, 400, 400]);
    expect(service(get(`${base}/api/token`)).status).toBe(405);
  });

  test('answers values, lists and the identity document', () => {
    const read = (path: string) => service(get(`${base}/${path}`, { 'x-aws-ec2-metadata-token': token() }));
    expect(read('meta-data/instance-id').body).toBe('i-1');
    expect(read('meta-data/placement/').body).toBe('availability-zone\nregion');
    expect(read('user-data').body).toBe('#!/bin/bash');
    expect(JSON.parse(read('dynamic/instance-identity/document').body)).toMatchObject({
      instanceId: 'i-1',
      region: 'eu-west-1',
    });
    expect(read('meta-data/nothing').status).toBe(404);
  });
});

// CloudFormation Template Reference, "AWS::CloudFormation::Init".
describe('AWS::CloudFormation::Init', () => {
  const init = (value: object) => JSON.stringify({ 'AWS::CloudFormation::Init': value });
  const scriptOf = (value: object, sets = ['default']) => {
    const read = readInit(init(value), sets);
    return typeof read === 'string' ? read : initScript(read);
  };

  test('carries out commands in the order of their names, in their directory and their environment alone', () => {
    const script = scriptOf({
      config: {
        commands: {
          '10_second': { command: ['echo', 'two words'] },
          '05_first': { command: 'echo first', cwd: '/home/ec2-user', env: { NAME: 'a b' } },
        },
      },
    });
    expect(script).toMatch(
      /cd '\/home\/ec2-user' && exec env -i 'NAME=a b' sh -c 'echo first'.*exec 'echo' 'two words'/s,
    );
    expect(script).toMatch(/failed 'Command 05_first failed'/);
  });

  test('skips a command whose test fails, and goes on after one that may', () => {
    const script = scriptOf({
      config: { commands: { a: { command: 'false', test: 'true', ignoreErrors: 'true' }, b: { command: 'false' } } },
    });
    expect(script).toMatch(/if \(exec sh -c 'true'\).* \|\| true; fi/);
    expect(script).toMatch(/failed 'Command b failed'/);
  });

  test('does packages, files, commands and services in this order', () => {
    const script = scriptOf({
      config: {
        services: { systemd: { 'cfn-hup': { enabled: true, ensureRunning: 'false' } } },
        commands: { a: { command: 'true' } },
        files: { '/etc/x': { content: { a: 1 }, mode: '000600', owner: 'ec2-user', group: 'root' } },
        packages: { yum: { jq: [] } },
      },
    });
    expect(script).toMatch(
      /dnf install -y 'jq'.*'\{"a":1\}' > '\/etc\/x' && chmod 0600 '\/etc\/x' && chown 'ec2-user:root'.*sh -c 'true'.*systemctl enable 'cfn-hup'.*systemctl stop 'cfn-hup'/s,
    );
  });

  test('follows config sets, also those that name others', () => {
    const value = {
      configSets: { default: ['one', { ConfigSet: 'more' }], more: ['two'] },
      one: { commands: { a: { command: 'one' } } },
      two: { commands: { a: { command: 'two' } } },
    };
    expect(scriptOf(value)).toMatch(/'one'.*'two'/s);
    expect(scriptOf(value, ['more'])).not.toMatch(/'one'/);
    expect(scriptOf(value, ['none'])).toBe('No such ConfigSet: none');
    expect(scriptOf({ configSets: { default: [{ ConfigSet: 'default' }] } })).toBe('Circular ConfigSet: default');
  });

  test('says what it does not find and what it does not do', () => {
    expect(readInit(undefined, ['default'])).toMatch(/Could not find 'AWS::CloudFormation::Init'/);
    expect(scriptOf({ config: { sources: {} } })).toMatch(/does not carry out "sources"/);
  });
});

test('a package that the local AWS does not have is not found', () => {
  expect(packageManager(['-y', 'install', 'aws-cfn-bootstrap'])).toMatch(/ln -sf .* '\/opt\/aws\/bin\/cfn-signal'/);
  expect(packageManager(['install', '-y', 'nginx'])).toMatch(/Unable to find a match: nginx.*exit 1/s);
});

test.each([
  ['ECS_CLUSTER=one\nECS_CLUSTER=two\n', 'two'],
  ["ECS_CLUSTER='quoted'\r\n", 'quoted'],
  ['# ECS_CLUSTER=no\nECS_CLUSTERS=no\n', undefined],
  ['ECS_CLUSTER=\n', undefined],
])('%j names the cluster %s', (config, cluster) => {
  expect(clusterOf(config)).toBe(cluster);
});
