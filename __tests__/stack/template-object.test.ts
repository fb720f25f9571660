import { describe, expect, test } from '@jest/globals';
import { objectOf } from '../../src/stack/template-object.ts';

describe('the URL of an S3 object', () => {
  test.each([
    ['https://my-bucket.s3.eu-west-1.amazonaws.com/cfn/stack.yml', 'my-bucket', 'cfn/stack.yml'],
    ['https://my-bucket.s3.amazonaws.com/stack.yml', 'my-bucket', 'stack.yml'],
    ['https://my.dotted.bucket.s3.us-gov-west-1.amazonaws.com/a%20b.yml', 'my.dotted.bucket', 'a b.yml'],
    ['https://my-bucket.s3.cn-north-1.amazonaws.com.cn/stack.yml', 'my-bucket', 'stack.yml'],
    ['https://s3.eu-west-1.amazonaws.com/my-bucket/cfn/stack.yml', 'my-bucket', 'cfn/stack.yml'],
    ['https://s3-eu-west-1.amazonaws.com/my-bucket/stack.yml', 'my-bucket', 'stack.yml'],
    ['https://s3.dualstack.eu-west-1.amazonaws.com/my-bucket/stack.yml', 'my-bucket', 'stack.yml'],
  ])('%s', (url, Bucket, Key) => {
    expect(objectOf(url)).toEqual({ Bucket, Key });
  });

  test('names the version that CloudFormation will read', () => {
    expect(objectOf('https://b.s3.amazonaws.com/stack.yml?versionId=3HL4kqtJ')).toEqual({
      Bucket: 'b',
      Key: 'stack.yml',
      VersionId: '3HL4kqtJ',
    });
  });

  test.each([
    'https://example.com/stack.yml',
    'https://s3.amazonaws.com.example.com/bucket/stack.yml',
    'https://bucket.s3.amazonaws.com/',
    'https://s3.amazonaws.com/bucket',
    'https://bucket.s3.amazonaws.com/%zz',
    'stack.yml',
  ])('%s is none', (url) => {
    expect(objectOf(url)).toBeUndefined();
  });
});
