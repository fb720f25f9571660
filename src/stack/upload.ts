import { createHash } from 'node:crypto';
import { orFailure } from '../aws/errors.ts';
import type { S3 } from '../aws/services/s3.ts';
import { Failure } from '../types.ts';

/** What a template may measure where it is sent with the call (CloudFormation quotas). UTF-8 bytes. */
export const TEMPLATE_BODY_LIMIT = 51_200;
/** What it may measure in a bucket. UTF-8 bytes. */
const TEMPLATE_URL_LIMIT = 1_048_576;

/** A template as CloudFormation takes it. */
export type TemplateArgument = { readonly TemplateBody: string } | { readonly TemplateURL: string };

/**
 * How a template reaches CloudFormation: with the call while it is small enough, otherwise through the bucket, under a
 * name that is its content's hash. Throws Failure `invalid-config` when there is no bucket for a large template.
 */
export async function templateArgument(
  body: string,
  bucket: string | undefined,
  s3: () => Promise<UploadClient>,
): Promise<TemplateArgument> {
  const size = Buffer.byteLength(body, 'utf8');
  if (size <= TEMPLATE_BODY_LIMIT) return { TemplateBody: body };
  if (size > TEMPLATE_URL_LIMIT)
    throw tooLarge(
      size,
      `CloudFormation takes at most ${format(TEMPLATE_URL_LIMIT)} bytes.`,
      'Split it into nested stacks.',
    );
  if (bucket === undefined)
    throw tooLarge(
      size,
      `CloudFormation takes at most ${format(TEMPLATE_BODY_LIMIT)} bytes with a call; a larger template goes through a bucket.`,
      "Name a bucket in the stack's region with the input `template-bucket`; the role needs s3:PutObject and s3:GetObject in it.",
    );
  return { TemplateURL: await uploadTemplate(await s3(), bucket, body) };
}

/** The part of S3 that an upload needs. */
export type UploadClient = Pick<S3, 'upload'>;

/** Uploads a template under its content's hash. Returns its URL. */
export async function uploadTemplate(s3: UploadClient, bucket: string, body: string): Promise<string> {
  const Key = `ecs-muster/${createHash('sha256').update(body).digest('hex')}.template`;
  const upload = s3.upload({ Bucket: bucket, Key, Body: body, ContentType: 'text/plain; charset=utf-8' });
  return orFailure(`upload the template to bucket ${bucket}`, upload, 'invalid-config');
}

function tooLarge(size: number, message: string, remedy: string): Failure {
  return new Failure('invalid-config', [
    { level: 'error', title: `The template is too large: ${format(size)} bytes`, message, remedy },
  ]);
}

function format(count: number): string {
  return count.toLocaleString('en-US');
}
