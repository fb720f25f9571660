import type { Protocol } from './request.ts';

/** An error as a service tells it. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const NAMESPACES: Readonly<Record<string, string>> = {
  autoscaling: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
  cloudformation: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
};

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escapeXml = (text: string) => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);

/**
 * An error in the shape of its protocol (AWS query, EC2 query, AWS JSON 1.1 and S3's REST-XML, as the Smithy
 * specification of each describes them).
 */
export function errorAnswer(
  { service, protocol }: { service: string; protocol: Protocol },
  error: ServiceError,
  requestId: string,
): Answer {
  const { status } = error;
  const [code, message, id] = [error.code, error.message, requestId].map(escapeXml);
  switch (protocol) {
    case 'query': {
      const namespace = NAMESPACES[service];
      const type = status < 500 ? 'Sender' : 'Receiver';
      return xml(
        status,
        requestId,
        `<ErrorResponse${namespace === undefined ? '' : ` xmlns="${namespace}"`}><Error><Type>${type}</Type><Code>${code}</Code>` +
          `<Message>${message}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>`,
      );
    }
    case 'ec2':
      return xml(
        status,
        requestId,
        '<?xml version="1.0" encoding="UTF-8"?>\n' +
          `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>` +
          `<RequestID>${id}</RequestID></Response>`,
      );
    case 's3':
      return xml(
        status,
        requestId,
        '<?xml version="1.0" encoding="UTF-8"?>\n' +
          `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${id}</RequestId></Error>`,
      );
    case 'json':
      return {
        status,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amzn-errortype': error.code,
          'x-amzn-requestid': requestId,
        },
        body: JSON.stringify({ __type: error.code, message: error.message }),
      };
    default:
      return protocol satisfies never;
  }
}

const xml = (status: number, requestId: string, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body,
});

/** The error code that an answer carries, or undefined when none can be read in it. */
export function errorCodeOf(protocol: Protocol, headers: Readonly<Record<string, unknown>>, body: string) {
  if (protocol !== 'json') return /<Code>([^<]+)<\/Code>/.exec(body)?.[1];
  const told = headers['x-amzn-errortype'] ?? /"__type"\s*:\s*"([^"]+)"/.exec(body)?.[1];
  if (typeof told !== 'string') return undefined;
  // A namespace may stand before a #, and an address after a colon (AWS JSON 1.1, operation error serialization).
  return told.replace(/:.*$/s, '').replace(/^.*#/s, '');
}
