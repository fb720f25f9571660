import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';

/** Headers that belong to one connection and not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers that go on to the next hop: neither those of one connection nor those that `Connection` names. */
export function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !named.includes(name)) kept[name] = value;
  }
  return kept;
}

export interface Forwarded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** What was read already, or the stream that it is still to be read from. */
  readonly body: Buffer | Readable;
}

/** Sends a request on to `target` and resolves with its answer as soon as that begins. */
export function forward(target: string, { method, url, headers, body }: Forwarded): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = { ...endToEnd(headers) };
    delete sent.expect;
    const outgoing = request(new URL(url, target), { method, headers: sent, agent: false }, resolve);
    outgoing.on('error', reject);
    if (Buffer.isBuffer(body)) {
      outgoing.setHeader('content-length', body.length);
      outgoing.end(body);
    } else {
      body.on('error', (error) => outgoing.destroy(error));
      body.pipe(outgoing);
    }
  });
}

export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
