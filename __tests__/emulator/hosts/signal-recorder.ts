import { createServer } from 'node:http';

export interface SignalRecorder extends AsyncDisposable {
  readonly endpoint: string;
  /** What SignalResource was called with. */
  readonly signals: { stack: string; resource: string; id: string; status: string }[];
}

/** Answers the one call of CloudFormation that a scripted host makes. */
export async function startSignalRecorder(): Promise<SignalRecorder> {
  const signals: SignalRecorder['signals'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const value = (name: string) => form.get(name) ?? '';
      signals.push({
        stack: value('StackName'),
        resource: value('LogicalResourceId'),
        id: value('UniqueId'),
        status: value('Status'),
      });
      response.setHeader('content-type', 'text/xml');
      response.end('<SignalResourceResponse/>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    signals,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
