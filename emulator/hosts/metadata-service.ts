import { randomUUID } from 'node:crypto';
import type { HttpAnswer, HttpRequest } from './commands/curl.ts';
import { type Instance, identityDocument } from './instance.ts';

const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
/** A page, which a script that does not look at the status takes for the answer. */
const UNAUTHORIZED =
  '<?xml version="1.0" encoding="iso-8859-1"?>\n<html xmlns="http://www.w3.org/1999/xhtml">\n' +
  ' <head>\n  <title>401 - Unauthorized</title>\n </head>\n <body>\n  <h1>401 - Unauthorized</h1>\n </body>\n</html>\n';
const LONGEST_TTL = 21_600;

/**
 * The instance metadata service, version 2 alone, as on Amazon Linux 2023 images (EC2 User Guide, "Use the Instance
 * Metadata Service"): without a token every answer is 401.
 */
export function createMetadataService(instance: Instance): (request: HttpRequest) => HttpAnswer {
  const tokens = new Set<string>();
  const values = valuesOf(instance);
  return ({ method, url, headers }) => {
    const path = url.pathname.replace(/^\/[^/]+\//, '').replace(/\/$/, '');
    if (path === 'api/token') {
      if (method !== 'PUT') return { status: 405, body: '' };
      const ttl = Number(headers.get(`${TOKEN_HEADER}-ttl-seconds`));
      if (!(ttl >= 1 && ttl <= LONGEST_TTL)) return { status: 400, body: '' };
      const token = randomUUID();
      tokens.add(token);
      return { status: 200, body: token };
    }
    if (!tokens.has(headers.get(TOKEN_HEADER) ?? '')) return { status: 401, body: UNAUTHORIZED };
    const value = values.get(path);
    if (value !== undefined) return { status: 200, body: value };
    const below = [...values.keys()]
      .filter((key) => key.startsWith(`${path}/`))
      .map((key) => key.slice(path.length + 1));
    if (below.length === 0) return { status: 404, body: '' };
    const names = below.map((key) => key.replace(/\/.*/, '/'));
    return { status: 200, body: [...new Set(names)].join('\n') };
  };
}

function valuesOf(instance: Instance): ReadonlyMap<string, string> {
  const host = `ip-${instance.privateIp.replaceAll('.', '-')}.ec2.internal`;
  return new Map([
    ['meta-data/ami-id', instance.imageId],
    ['meta-data/hostname', host],
    ['meta-data/instance-id', instance.instanceId],
    ['meta-data/instance-life-cycle', 'on-demand'],
    ['meta-data/instance-type', instance.instanceType],
    ['meta-data/local-hostname', host],
    ['meta-data/local-ipv4', instance.privateIp],
    ['meta-data/placement/availability-zone', instance.availabilityZone],
    ['meta-data/placement/region', instance.account.region],
    ['meta-data/services/domain', 'amazonaws.com'],
    ['meta-data/services/partition', 'aws'],
    ['dynamic/instance-identity/document', identityDocument(instance)],
    ['user-data', instance.userData],
  ]);
}
