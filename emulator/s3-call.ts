import type { IncomingHttpHeaders } from 'node:http';

/** S3 has no action in its requests: the method, the path (`/bucket/key`) and the first sub-resource tell it. */
export function s3Call(
  method: string,
  url: URL,
  headers: IncomingHttpHeaders,
): { action: string; parameters: Record<string, unknown>; resource?: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodePath(url.pathname)) ?? [];
  const parameters: Record<string, unknown> = {
    ...(bucket === '' ? {} : { Bucket: bucket }),
    ...(key === '' ? {} : { Key: key }),
  };
  const query = new Set(url.searchParams.keys());
  const name = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const action = ACTIONS[name](method, query, headers);
  return bucket === '' ? { action, parameters } : { action, parameters, resource: key ? `${bucket}/${key}` : bucket };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'Get',
  HEAD: 'Head',
  PUT: 'Put',
  POST: 'Post',
  DELETE: 'Delete',
};

/** Sub-resources whose actions are not simply verb, `Bucket`, sub-resource. */
const BUCKET_QUERIES: Readonly<Record<string, string>> = {
  location: 'Location',
  versioning: 'Versioning',
  policy: 'Policy',
  encryption: 'Encryption',
  tagging: 'Tagging',
  acl: 'Acl',
  lifecycle: 'LifecycleConfiguration',
};

type Reader = (method: string, query: ReadonlySet<string>, headers: IncomingHttpHeaders) => string;

const ACTIONS: Readonly<Record<'service' | 'bucket' | 'object', Reader>> = {
  service: () => 'ListBuckets',

  bucket(method, query) {
    if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
    const sub = Object.keys(BUCKET_QUERIES).find((name) => query.has(name));
    if (sub !== undefined) return `${VERBS[method] ?? method}Bucket${BUCKET_QUERIES[sub]}`;
    if (query.has('publicAccessBlock')) return `${VERBS[method] ?? method}PublicAccessBlock`;
    if (query.has('uploads')) return 'ListMultipartUploads';
    if (query.has('versions')) return 'ListObjectVersions';
    if (method === 'GET') return query.has('list-type') ? 'ListObjectsV2' : 'ListObjects';
    return { HEAD: 'HeadBucket', PUT: 'CreateBucket', DELETE: 'DeleteBucket' }[method] ?? method;
  },

  object(method, query, headers) {
    const copies = headers['x-amz-copy-source'] !== undefined;
    if (query.has('uploads')) return 'CreateMultipartUpload';
    if (query.has('uploadId')) {
      if (method === 'PUT') return copies ? 'UploadPartCopy' : 'UploadPart';
      return { POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload', GET: 'ListParts' }[method] ?? method;
    }
    if (query.has('tagging')) return `${VERBS[method] ?? method}ObjectTagging`;
    if (query.has('acl')) return `${VERBS[method] ?? method}ObjectAcl`;
    if (method === 'PUT' && copies) return 'CopyObject';
    return `${VERBS[method] ?? method}Object`;
  },
};
