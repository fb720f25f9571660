import { orFailure } from '../aws/errors.ts';
import type { S3 } from '../aws/services/s3.ts';
import { Failure } from '../types.ts';

/** Reads a template that is named by the https URL of an S3 object. Throws Failure `invalid-config` when it cannot. */
export async function readTemplateObject(s3: Pick<S3, 'getObject'>, url: string): Promise<Uint8Array> {
  const object = objectOf(url);
  if (object === undefined)
    throw new Failure('invalid-config', [
      {
        level: 'error',
        title: `${url} is no URL of an S3 object`,
        message:
          'A template outside the workspace has to be an object of S3, since CloudFormation reads it from there.',
        remedy: 'Write it as https://<bucket>.s3.<region>.amazonaws.com/<key>, or give the path of a file.',
      },
    ]);
  const { Body } = await orFailure(`read the template ${url}`, s3.getObject(object), 'invalid-config');
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

export interface S3Object {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

/** Bucket, key and version of a URL in either style (S3 User Guide, "Virtual hosting of buckets"). */
export function objectOf(url: string): S3Object | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname, searchParams } = new URL(url);
  const path = decoded(pathname.slice(1));
  if (path === undefined) return undefined;
  const version = searchParams.get('versionId');
  const VersionId = version === null ? {} : { VersionId: version };
  const [, virtual] = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?$/.exec(hostname) ?? [];
  if (virtual !== undefined) return path === '' ? undefined : { Bucket: virtual, Key: path, ...VersionId };
  if (!/^s3[.-]([a-z0-9.-]+\.)?amazonaws\.com(?:\.cn)?$/.test(hostname)) return undefined;
  const slash = path.indexOf('/');
  return slash <= 0 || slash === path.length - 1
    ? undefined
    : { Bucket: path.slice(0, slash), Key: path.slice(slash + 1), ...VersionId };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // a percent sign that stands for nothing
  }
}
