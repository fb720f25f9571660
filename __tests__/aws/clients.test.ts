import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAws } from '../../src/aws/clients.ts';
import { classify } from '../../src/aws/errors.ts';
import type { Environment } from '../../src/aws/proxy.ts';
import { Failure } from '../../src/types.ts';
import { answering, STACKS_XML, sendXml, tunnelling } from './answering.ts';

const NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL', 'AWS_CONFIG_FILE'];
const before = NAMES.map((name) => [name, process.env[name]] as const);
beforeAll(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/nonexistent',
  });
});
afterAll(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

function awsAt(url: string, { signal = new AbortController().signal, env = {} as Environment } = {}) {
  process.env.AWS_ENDPOINT_URL = url;
  return createAws({ signal, env, userAgent: 'ecs-muster/1.2.3' });
}

const describeTodo = async (aws: ReturnType<ReturnType<typeof createAws>>, options = {}) =>
  (await aws.cloudFormation()).describeStacks({ StackName: 'todo' }, options);

describe('a call', () => {
  test('tells AWS which action and which run makes it', async () => {
    await using server = await answering((_, response) => sendXml(response, STACKS_XML));
    const aws = awsAt(server.url, { env: { GITHUB_RUN_ID: '4711' } })({ region: 'eu-west-1' });
    expect((await describeTodo(aws)).Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');
    expect(server.received[0]?.headers['user-agent']).toMatch(/ecs-muster\/1\.2\.3.*md\/github-run#4711/);
    expect(server.received[0]?.headers.authorization).toContain('/eu-west-1/cloudformation/');
  });

  test.each([
    [
      'a page of a proxy with status 200',
      (r: ServerResponse) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    [
      'a page of a proxy with status 403',
      (r: ServerResponse) => r.writeHead(403, { 'content-type': 'text/html' }).end('<html>'),
    ],
    ['half a document', (r: ServerResponse) => sendXml(r, STACKS_XML.slice(0, 300))],
    ['nothing', (r: ServerResponse) => r.writeHead(200, { 'content-length': '0' }).end()],
    ['a closed connection', (r: ServerResponse) => r.destroy()],
    ['a server error', (r: ServerResponse) => sendXml(r, '', 503)],
    ['throttling', (r: ServerResponse) => sendXml(r, errorXml('Throttling', 'Rate exceeded'), 400)],
  ])('is made again after %s', async (_, spoil) => {
    await using server = await answering((_request, response, count) =>
      count === 1 ? spoil(response) : sendXml(response, STACKS_XML),
    );
    expect((await describeTodo(awsAt(server.url)({ region: 'us-east-1' }))).Stacks).toHaveLength(1);
    expect(server.received).toHaveLength(2);
  });

  test('is not made again when S3 answers it with HTML of its own', async () => {
    await using server = await answering((_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html', 'x-amz-request-id': '4442587FB7D0A2F9' })
        .end('<html>kept');
    });
    const s3 = await awsAt(server.url)({ region: 'us-east-1' }).s3();
    const { Body } = await s3.getObject({ Bucket: 'templates', Key: 'stack.yml' });
    expect(await Body?.transformToString()).toBe('<html>kept');
    expect(server.received).toHaveLength(1);
  });

  test('is not made again after a refusal', async () => {
    await using server = await answering((_, response) =>
      sendXml(response, errorXml('ValidationError', 'Stack with id todo does not exist'), 400),
    );
    await expect(describeTodo(awsAt(server.url)({ region: 'us-east-1' }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
    expect(server.received).toHaveLength(1);
  });

  test('that is answered by pages alone ends as unreachable', async () => {
    await using server = await answering((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    const aws = awsAt(server.url)({ region: 'us-east-1' });
    const error = await describeTodo(aws).catch((thrown: unknown) => thrown);
    expect(classify(error)).toMatchObject({ kind: 'unreachable', code: 'not an AWS answer' });
    expect(server.received).toHaveLength(8);
  });
});

describe('the signal', () => {
  const cancelled = new Failure('cancelled', []);

  test('ends a call that waits for its answer, with its own reason', async () => {
    const controller = new AbortController();
    await using server = await answering(() => controller.abort(cancelled));
    const aws = awsAt(server.url, { signal: controller.signal })({ region: 'us-east-1' });
    await expect(describeTodo(aws)).rejects.toBe(cancelled);
  });

  test('ends the wait between two attempts', async () => {
    const controller = new AbortController();
    await using server = await answering((_, response, count) => {
      sendXml(response, errorXml('Throttling', 'Rate exceeded'), 400);
      if (count === 3) setTimeout(() => controller.abort(cancelled), 20);
    });
    const aws = awsAt(server.url, { signal: controller.signal })({ region: 'us-east-1' });
    await expect(describeTodo(aws)).rejects.toBe(cancelled);
    expect(server.received.length).toBeLessThanOrEqual(4);
  });

  test('lets no further call begin, except under another signal', async () => {
    await using server = await answering((_, response) => sendXml(response, STACKS_XML));
    const aws = awsAt(server.url, { signal: AbortSignal.abort(cancelled) })({ region: 'us-east-1' });
    await expect(describeTodo(aws)).rejects.toBe(cancelled);
    expect(server.received).toHaveLength(0);
    const fresh = aws.withSignal(new AbortController().signal);
    expect((await describeTodo(fresh)).Stacks).toHaveLength(1);
  });

  test('lets a call that makes a change set be answered, so that it is known what to remove', async () => {
    const controller = new AbortController();
    await using server = await answering((_, response) => {
      controller.abort(cancelled);
      setTimeout(() => sendXml(response, CREATED_XML), 50);
    });
    const cfn = await awsAt(server.url, { signal: controller.signal })({ region: 'us-east-1' }).cloudFormation();
    const request = { StackName: 'todo', ChangeSetName: 'muster-1' };
    expect((await cfn.createChangeSet(request)).Id).toBe('arn:change-set');
    await expect(cfn.createChangeSet(request)).rejects.toBe(cancelled);
    expect(server.received).toHaveLength(1);
  });

  test('does not let such a call hold the job up', async () => {
    const controller = new AbortController();
    await using server = await answering(() => controller.abort(cancelled));
    const cfn = await awsAt(server.url, { signal: controller.signal })({ region: 'us-east-1' }).cloudFormation();
    await expect(cfn.executeChangeSet({ ChangeSetName: 'muster-1' })).rejects.toBe(cancelled);
  });

  test('of one call counts beside it', async () => {
    await using server = await answering(() => undefined);
    const aws = awsAt(server.url)({ region: 'us-east-1' });
    await expect(describeTodo(aws, { abortSignal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a role', () => {
  test('is assumed once for all clients, under a name that tells the run', async () => {
    await using server = await answering(({ body }, response) =>
      sendXml(response, body.includes('Action=AssumeRole') ? assumeRoleXml : STACKS_XML),
    );
    const env = { GITHUB_REPOSITORY: 'octo org/todo', GITHUB_RUN_ID: '4711' };
    const aws = awsAt(server.url, { env })({ region: 'us-east-1', role: 'arn:aws:iam::2:role/muster' });
    await describeTodo(aws);
    await describeTodo(aws.withSignal(new AbortController().signal));
    await (await aws.autoScaling()).describeAutoScalingGroups({}).catch(() => undefined);
    const assumed = server.received.filter(({ body }) => body.includes('Action=AssumeRole'));
    expect(assumed).toHaveLength(1);
    expect(assumed[0]?.body).toContain('RoleSessionName=octo-org-todo-4711');
    expect(assumed[0]?.headers.authorization).toContain('Credential=key/');
    expect(server.received.at(-1)?.headers.authorization).toContain('Credential=ROLEKEY/');
    expect(server.received.at(-1)?.headers['x-amz-security-token']).toBe('ROLETOKEN');
  });
});

describe('a proxy', () => {
  const throughProxy = { answer: STACKS_XML };

  test.each(['HTTP_PROXY', 'http_proxy'])('named by %s carries the calls', async (name) => {
    await using proxy = await answering((_, response) => sendXml(response, throughProxy.answer));
    const aws = awsAt('http://cloudformation.invalid', { env: { [name]: proxy.url } })({ region: 'us-east-1' });
    expect((await describeTodo(aws)).Stacks).toHaveLength(1);
    expect(proxy.received[0]?.url).toBe('http://cloudformation.invalid/');
  });

  test.each(['NO_PROXY', 'no_proxy'])('is left out for a host in %s', async (name) => {
    await using proxy = await answering((_, response) => sendXml(response, '', 500));
    await using server = await answering((_, response) => sendXml(response, STACKS_XML));
    const env = { HTTP_PROXY: proxy.url, [name]: '127.0.0.1' };
    expect((await describeTodo(awsAt(server.url, { env })({ region: 'us-east-1' }))).Stacks).toHaveLength(1);
    expect(proxy.received).toHaveLength(0);
  });

  test('carries calls to loopback too, unless told otherwise', async () => {
    await using proxy = await answering((_, response) => sendXml(response, STACKS_XML));
    const aws = awsAt('http://127.0.0.1:9', { env: { HTTP_PROXY: proxy.url } })({ region: 'us-east-1' });
    expect((await describeTodo(aws)).Stacks).toHaveLength(1);
  });

  test('named by HTTPS_PROXY is asked for a tunnel', async () => {
    const asked: string[] = [];
    await using proxy = await tunnelling((host) => asked.push(host));
    const env = { HTTPS_PROXY: proxy.url };
    const aws = awsAt('https://cloudformation.invalid', { env })({ region: 'us-east-1' });
    const error = await describeTodo(aws, { abortSignal: AbortSignal.timeout(300) }).catch((thrown: unknown) => thrown);
    expect(error).toBeDefined();
    expect(asked[0]).toBe('cloudformation.invalid:443');
  });
});

function errorXml(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}

const CREATED_XML = `<CreateChangeSetResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><CreateChangeSetResult><Id>arn:change-set</Id></CreateChangeSetResult></CreateChangeSetResponse>`;

const assumeRoleXml = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ROLEKEY</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>ROLETOKEN</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
