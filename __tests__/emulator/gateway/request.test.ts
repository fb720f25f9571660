import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeQuery, type RawRequest, readCall } from '../../../emulator/request.ts';

const request = (over: Partial<RawRequest> = {}): RawRequest => ({
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.alloc(0),
  ...over,
});
const signed = (service: string, region = 'eu-west-1') =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const form = 'application/x-www-form-urlencoded; charset=utf-8';

describe('reading a call', () => {
  test('a signed query', () => {
    const call = readCall(
      request({
        headers: { authorization: signed('autoscaling'), 'content-type': form, 'x-amz-security-token': 'T' },
        body: Buffer.from('Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=g%2F1&DesiredCapacity=2'),
      }),
    );
    expect(call).toMatchObject({
      service: 'autoscaling',
      action: 'SetDesiredCapacity',
      protocol: 'query',
      region: 'eu-west-1',
      accessKeyId: 'AKIDEXAMPLE',
      sessionToken: 'T',
      parameters: { AutoScalingGroupName: 'g/1', DesiredCapacity: '2' },
      resource: 'g/1',
    });
  });

  test('an X-Amz-Target call, signed or not', () => {
    const headers = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeClusters' };
    const body = Buffer.from('{"clusters":["c"]}');
    const expected = { service: 'ecs', action: 'DescribeClusters', protocol: 'json', parameters: { clusters: ['c'] } };
    expect(readCall(request({ headers: { ...headers, authorization: signed('ecs') }, body }))).toMatchObject(expected);
    expect(readCall(request({ headers, body }))).toMatchObject({ ...expected, region: 'us-east-1' });
  });

  test('a body that is no JSON is a call without parameters', () => {
    const headers = { 'x-amz-target': 'AmazonSSM.GetParameter' };
    for (const body of ['{"Name":', '[1]', 'null', '"x"']) {
      expect(readCall(request({ headers, body: Buffer.from(body) })).action).toBe('GetParameter');
    }
  });

  test('a presigned URL of S3', () => {
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20261124/eu-west-1/s3/aws4_request',
      'X-Amz-Security-Token': 'T',
    });
    expect(readCall(request({ method: 'GET', url: `/bucket/a%20b/c.yml?${query}` }))).toMatchObject({
      service: 's3',
      action: 'GetObject',
      resource: 'bucket/a b/c.yml',
      region: 'eu-west-1',
      sessionToken: 'T',
    });
  });

  test.each([
    ['GET', '/', 'ListBuckets'],
    ['PUT', '/b', 'CreateBucket'],
    ['HEAD', '/b', 'HeadBucket'],
    ['DELETE', '/b', 'DeleteBucket'],
    ['GET', '/b/?list-type=2&prefix=x', 'ListObjectsV2'],
    ['GET', '/b?location', 'GetBucketLocation'],
    ['PUT', '/b?versioning', 'PutBucketVersioning'],
    ['POST', '/b?delete', 'DeleteObjects'],
    ['PUT', '/b/k?x-id=PutObject', 'PutObject'],
    ['HEAD', '/b/k', 'HeadObject'],
    ['DELETE', '/b/k', 'DeleteObject'],
    ['POST', '/b/k?uploads', 'CreateMultipartUpload'],
    ['PUT', '/b/k?partNumber=1&uploadId=u', 'UploadPart'],
    ['POST', '/b/k?uploadId=u', 'CompleteMultipartUpload'],
    ['DELETE', '/b/k?uploadId=u', 'AbortMultipartUpload'],
  ])('S3: %s %s is %s', (method, url, action) => {
    expect(readCall(request({ method, url, headers: { authorization: signed('s3') } })).action).toBe(action);
  });
});

describe('decoding a query', () => {
  test('lists, objects and lists of objects', () => {
    const query = new URLSearchParams(
      'Parameters.member.2.ParameterKey=b&Parameters.member.1.ParameterKey=a&Capabilities.member.1=CAPABILITY_IAM' +
        '&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1&RollbackConfiguration.MonitoringTimeInMinutes=5' +
        '&Names.member.10=j&Names.member.9=i',
    );
    expect(decodeQuery(query)).toEqual({
      Parameters: [{ ParameterKey: 'a' }, { ParameterKey: 'b' }],
      Capabilities: ['CAPABILITY_IAM'],
      Filter: [{ Name: 'vpc-id', Value: ['vpc-1'] }],
      RollbackConfiguration: { MonitoringTimeInMinutes: '5' },
      Names: ['i', 'j'],
    });
  });

  test('whatever comes, nothing is thrown and nothing outside is touched', () => {
    const key = fc.array(fc.constantFrom('a', 'member', '1', '__proto__', 'constructor', 'toString', ''), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string())), (pairs) => {
        decodeQuery(new URLSearchParams(pairs.map(([path, value]): [string, string] => [path.join('.'), value])));
        expect(Object.prototype).not.toHaveProperty('a');
        expect(Object.prototype).not.toHaveProperty('1');
      }),
    );
  });

  test('a flat form keeps every value as it came', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{1,8}$/), fc.string()), (values) => {
        const { Action, Version, ...rest } = { ...values };
        expect(decodeQuery(new URLSearchParams(values))).toEqual(rest);
      }),
    );
  });
});
