import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A headless Chromium, spoken to in the DevTools protocol. */
export interface Browser extends AsyncDisposable {
  /** Opens a page, waits until `document.documentElement` has the attribute `data-ready`, and takes all of it. PNG. */
  screenshot(url: string, options: ScreenshotOptions): Promise<Buffer>;
}

export interface ScreenshotOptions {
  /** CSS pixels. */
  readonly width: number;
  readonly scale: number;
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
];

/** Starts the Chromium named by CHROMIUM, else `chromium`. */
export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'ecs-muster-browser-'));
  const command = process.env.CHROMIUM ?? 'chromium';
  const child = spawn(command, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await ended.catch(() => undefined);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const protocol = await connect(await addressOf(child, command));
    return {
      screenshot: (url, options) => screenshot(protocol, url, options),
      async [Symbol.asyncDispose]() {
        protocol.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function addressOf(child: ChildProcess, command: string): Promise<string> {
  if (child.stderr === null) throw new Error('Chromium has no standard error');
  const failed = once(child, 'error').then(([cause]) => {
    throw new Error(`${command} could not be started. Install Chromium or name one in CHROMIUM.`, { cause });
  });
  const found = (async (lines) => {
    for await (const line of lines) {
      const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
    throw new Error(`${command} ended before it could be spoken to`);
  })(createInterface({ input: child.stderr }));
  return Promise.race([found, failed]);
}

type Parameters = Readonly<Record<string, unknown>>;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

interface Protocol {
  send(method: string, params?: Parameters, sessionId?: string): Promise<Parameters>;
  /** Resolves at the session's next event of this name. */
  event(method: string, sessionId: string): Promise<void>;
  close(): void;
}

async function connect(address: string): Promise<Protocol> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, PromiseWithResolvers<Parameters>>();
  const listening = new Map<string, PromiseWithResolvers<void>>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const answer: Answer = JSON.parse(String(data));
    if (answer.id === undefined) {
      const event = `${answer.method} ${answer.sessionId}`;
      listening.get(event)?.resolve();
      listening.delete(event);
      return;
    }
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) caller?.resolve(answer.result ?? {});
    else caller?.reject(new Error(answer.error.message));
  });
  return {
    send(method, params = {}, sessionId) {
      last += 1;
      const caller = Promise.withResolvers<Parameters>();
      waiting.set(last, caller);
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
      return caller.promise;
    },
    event(method, sessionId) {
      const listener = Promise.withResolvers<void>();
      listening.set(`${method} ${sessionId}`, listener);
      return listener.promise;
    },
    close: () => socket.close(),
  };
}

async function screenshot(protocol: Protocol, url: string, { width, scale }: ScreenshotOptions): Promise<Buffer> {
  const { targetId } = await protocol.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await protocol.send('Target.attachToTarget', { targetId, flatten: true });
  const page = (method: string, params?: Parameters) => protocol.send(method, params, String(sessionId));
  const metrics = { width, height: 800, deviceScaleFactor: scale, mobile: width < 600 };
  await page('Emulation.setDeviceMetricsOverride', metrics);
  await page('Page.enable');
  const loaded = protocol.event('Page.loadEventFired', String(sessionId));
  await page('Page.navigate', { url });
  await loaded;
  const height = await evaluate(page, READY);
  const clip = { x: 0, y: 0, width, height, scale: 1 };
  const { data } = await page('Page.captureScreenshot', { captureBeyondViewport: true, clip });
  await protocol.send('Target.closeTarget', { targetId });
  return Buffer.from(String(data), 'base64');
}

/** Resolves to the height of the page once the page says that it is ready. */
const READY = `new Promise((resolve) => {
  const root = document.documentElement;
  const done = () => requestAnimationFrame(() => resolve(Math.ceil(document.body.getBoundingClientRect().height)));
  if (root.hasAttribute('data-ready')) done();
  else new MutationObserver(() => root.hasAttribute('data-ready') && done()).observe(root, { attributes: true });
})`;

async function evaluate(
  page: (method: string, params?: Parameters) => Promise<Parameters>,
  expression: string,
): Promise<number> {
  const { result } = await page('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  const value = typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined;
  if (typeof value !== 'number') throw new Error('The page could not be measured');
  return value;
}
