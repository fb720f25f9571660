import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from '../../src/aws/services/s3.ts';
import { templateArgument, uploadTemplate } from '../../src/stack/upload.ts';
import { answering } from '../aws/answering.ts';

const never = () => Promise.reject(new Error('no bucket is needed'));
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
const { signal } = new AbortController();

const s3At = (url: string) =>
  connect({ region: 'eu-west-1', credentials, endpoint: url }, { AWS_ENDPOINT_URL: url })(signal);

describe('a template', () => {
  test('goes with the call up to 51,200 bytes of UTF-8, not characters', async () => {
    const fits = `${'€'.repeat(17_066)}ab`;
    expect(Buffer.byteLength(fits)).toBe(51_200);
    expect(await templateArgument(fits, undefined, never)).toEqual({ TemplateBody: fits });
    await expect(templateArgument(`${fits}c`, undefined, never)).rejects.toMatchObject({
      reason: 'invalid-config',
      findings: [
        { title: 'The template is too large: 51,201 bytes', remedy: expect.stringContaining('template-bucket') },
      ],
    });
  });

  test('over a megabyte does not go at all', async () => {
    await expect(templateArgument('a'.repeat(1_048_577), 'bucket', never)).rejects.toMatchObject({
      reason: 'invalid-config',
    });
  });

  test('goes through the bucket under the hash of its content', async () => {
    await using server = await answering((_, response) => response.writeHead(200).end());
    const s3 = s3At(server.url);
    const body = 'a'.repeat(60_000);
    const first = await templateArgument(body, 'templates', async () => s3);
    expect(first).toEqual({
      TemplateURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/templates\/ecs-muster\/[0-9a-f]{64}\.template$/),
    });
    expect(await templateArgument(body, 'templates', async () => s3)).toEqual(first);
    expect(server.received[0]).toMatchObject({ method: 'PUT', body: expect.stringContaining('aaaa') });
    expect('TemplateURL' in first && first.TemplateURL).toBe(`${server.url}${server.received[0]?.url.split('?')[0]}`);
  });

  test('whose bucket refuses it ends the run', async () => {
    await using server = await answering((_, response) =>
      response
        .writeHead(404, { 'content-type': 'application/xml' })
        .end('<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>'),
    );
    const s3 = s3At(server.url);
    await expect(uploadTemplate(s3, 'gone', 'x')).rejects.toMatchObject({
      reason: 'invalid-config',
      findings: [{ title: 'Could not upload the template to bucket gone: NoSuchBucket' }],
    });
  });
});

describe("a bucket's URL", () => {
  const environment = process.env.AWS_ENDPOINT_URL;
  afterEach(() => {
    if (environment === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = environment;
  });

  test.each([
    ['eu-west-1', 'https://templates.s3.eu-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://templates.s3.cn-north-1.amazonaws.com.cn/'],
    ['us-gov-west-1', 'https://templates.s3.us-gov-west-1.amazonaws.com/'],
  ])('in %s is right for its partition', async (region, prefix) => {
    delete process.env.AWS_ENDPOINT_URL;
    const requestHandler = {
      handle: async () => ({ response: { statusCode: 200, headers: {}, body: Readable.from([]) } }),
    };
    const s3 = connect({ region, credentials, requestHandler }, {})(signal);
    expect(await uploadTemplate(s3, 'templates', 'x')).toMatch(new RegExp(`^${prefix}ecs-muster/`));
  });

  test('is of the endpoint that the environment names', async () => {
    await using server = await answering((_, response) => response.writeHead(200).end());
    process.env.AWS_ENDPOINT_URL = server.url;
    const s3 = connect({ region: 'eu-west-1', credentials }, process.env)(signal);
    expect(await uploadTemplate(s3, 'templates', 'x')).toMatch(new RegExp(`^${server.url}/templates/ecs-muster/`));
  });
});
