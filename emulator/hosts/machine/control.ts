import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';

/** A command as it was called in a host, with the files that it brought along. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly files: ReadonlyMap<string, string>;
  /** Aborted when the process that called is gone. */
  readonly gone: AbortSignal;
}

/** Carries a command out; resolves with the script that its stand-in then runs. */
export type CommandHandler = (command: Command) => Promise<string>;

export interface Line {
  readonly port: number;
  readonly token: string;
  close(): void;
}

/**
 * Where the stand-ins in the hosts call, on the loopback interface. Each host has a token of its own.
 * A request is a list of NUL-ended words (see root/host/stand-in), an answer a script that ends with NUL.
 */
export interface ControlServer {
  open(handler: CommandHandler): Promise<Line>;
  stop(): Promise<void>;
}

export function createControlServer(tell: (line: string) => void): ControlServer {
  const handlers = new Map<string, CommandHandler>();
  const sockets = new Set<Socket>();
  let listening: Promise<{ server: Server; port: number }> | undefined;

  const serve = (socket: Socket) => {
    sockets.add(socket);
    const gone = new AbortController();
    let received = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      gone.abort(new Error('the caller is gone'));
    });
    const read = (chunk: string) => {
      received += chunk;
      const request = parseRequest(received);
      if (request === undefined) return;
      socket.off('data', read);
      socket.resume();
      const handler = handlers.get(request.token);
      if (handler === undefined) return void socket.destroy();
      handler({ ...request.command, gone: gone.signal }).then(
        (script) => socket.end(`${script.replaceAll('\0', '')}\0`),
        (error) => {
          if (gone.signal.aborted) return;
          tell(`local AWS: ${request.command.name} on a host: ${error instanceof Error ? error.stack : error}`);
          socket.destroy();
        },
      );
    };
    socket.on('data', read);
  };

  const listen = () =>
    new Promise<{ server: Server; port: number }>((resolve, reject) => {
      const server = createServer({ noDelay: true }, serve);
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') return reject(new Error('the control server has no port'));
        resolve({ server, port: address.port });
      });
    });

  return {
    async open(handler) {
      listening ??= listen();
      const { port } = await listening;
      const token = randomBytes(12).toString('hex');
      handlers.set(token, handler);
      return { port, token, close: () => void handlers.delete(token) };
    },
    async stop() {
      handlers.clear();
      const { server } = (await listening) ?? {};
      for (const socket of sockets) socket.destroy();
      if (server !== undefined) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The request that the words make up, or undefined while some are missing. */
export function parseRequest(received: string): { token: string; command: Omit<Command, 'gone'> } | undefined {
  const words = received.split('\0');
  words.pop();
  const take = (count: number) => (words.length < count ? undefined : words.splice(0, count));
  const [token, name, cwd, argCount] = take(4) ?? [];
  if (token === undefined || name === undefined || cwd === undefined) return undefined;
  const args = take(Number(argCount));
  const [fileCount] = take(1) ?? [];
  if (args === undefined || fileCount === undefined) return undefined;
  const pairs = take(2 * Number(fileCount));
  if (pairs === undefined) return undefined;
  const files = new Map<string, string>();
  for (let at = 0; at < pairs.length; at += 2) files.set(pairs[at] ?? '', pairs[at + 1] ?? '');
  return { token, command: { name, cwd, args, files } };
}
