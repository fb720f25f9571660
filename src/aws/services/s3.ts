import {
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { refuseForeignAnswers } from '../answers.ts';
import { callsUnder, senderUnder } from '../calls.ts';
import type { Environment } from '../proxy.ts';

export function connect(settings: S3ClientConfig, env: Environment) {
  // An endpoint of one's own rarely answers at <bucket>.<host>.
  const forcePathStyle = Boolean(env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL);
  const client = new S3Client({ ...settings, forcePathStyle });
  refuseForeignAnswers(client.middlewareStack, false);
  return (signal: AbortSignal) => {
    const call = callsUnder(client, signal);
    const send = senderUnder(client, signal);
    return {
      getObject: call(GetObjectCommand),
      /** Returns the object's URL as the call itself went: right for the partition, the region and any endpoint. */
      async upload(input: PutObjectCommandInput): Promise<string> {
        const put = new PutObjectCommand(input);
        let url: string | undefined;
        put.middlewareStack.add(
          (next) => async (args) => {
            if (isHttpRequest(args.request)) url = urlOf(args.request);
            return next(args);
          },
          { step: 'finalizeRequest', priority: 'low', name: 'noteUrl' },
        );
        await send(put);
        if (url === undefined) throw new Error(`the upload to bucket ${input.Bucket} was not a request that has a URL`);
        return url;
      },
    };
  };
}

export type S3 = ReturnType<ReturnType<typeof connect>>;

interface HttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

function isHttpRequest(request: unknown): request is HttpRequest {
  return typeof request === 'object' && request !== null && 'hostname' in request && 'path' in request;
}

function urlOf({ protocol, hostname, port, path }: HttpRequest): string {
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
}
