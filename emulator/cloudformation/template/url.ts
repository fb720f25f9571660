import type { Services } from '../../types.ts';
import { validationError } from '../protocol/errors.ts';

const MAX_BYTES = 1_048_576;

/** Bucket and key of an S3 object's URL, in path style or virtual-hosted style; undefined when it is none. */
export function s3Location(url: string): { bucket: string; key: string } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const path = decodeURIComponent(pathname.slice(1));
  const host = /^(?:(.+)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.exec(hostname);
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (host === null && !isLocal) return undefined;
  if (host?.[1] !== undefined) return path === '' ? undefined : { bucket: host[1], key: path };
  const slash = path.indexOf('/');
  return slash <= 0 || slash === path.length - 1
    ? undefined
    : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

/** A template's text from S3. Errors: ValidationError `S3 error: …` and the limit of 1 MB. */
export async function fetchTemplate(url: string, services: Services): Promise<string> {
  const location = s3Location(url);
  if (location === undefined) throw validationError('TemplateURL must be a supported URL.');
  try {
    const { Body } = await services.s3.getObject({ Bucket: location.bucket, Key: location.key });
    const text = (await Body?.transformToString()) ?? '';
    if (Buffer.byteLength(text) > MAX_BYTES)
      throw validationError(`Template may not exceed ${MAX_BYTES} bytes in size.`);
    return text;
  } catch (error) {
    if (error instanceof Error && '$metadata' in error) throw validationError(`S3 error: ${error.message}`);
    throw error;
  }
}
