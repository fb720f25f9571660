import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parseScenario } from './local-api.ts';
import { EquipmentError } from './python.ts';

const USAGE = `npm run emulator -- [--port N] [--speed N] [--scenario FILE]

  --port N         listen on this port of 127.0.0.1 (default: any free one)
  --speed N        let AWS's waits pass so many times faster, or Infinity (default: 60)
  --scenario FILE  play this scenario: JSON, see docs/emulator.md`;

const OPTIONS = {
  port: { type: 'string' },
  speed: { type: 'string' },
  scenario: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** What is wrong with the command line, for the person who wrote it. */
class UsageError extends Error {}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const number = (name: string, text: string | undefined, fits: (value: number) => boolean): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !fits(value)) throw new UsageError(`--${name} cannot be ${text}`);
  return value;
};

async function main(): Promise<void> {
  const { help, ...given } = readArguments();
  if (help) {
    console.log(USAGE);
    return;
  }
  const port = number('port', given.port, (value) => Number.isInteger(value) && value >= 0 && value < 65_536);
  const speed = number('speed', given.speed, (value) => value > 0);
  const scenario = given.scenario === undefined ? undefined : parseScenario(await readFile(given.scenario, 'utf8'));

  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  // Loaded only now, so that a misspelt option is told at once.
  const { startLocalAws } = await import('./local-aws.ts');
  await using aws = await startLocalAws({
    ...(port === undefined ? {} : { port }),
    ...(speed === undefined ? {} : { speed }),
    ...(scenario === undefined ? {} : { scenario }),
  });
  const hosts = aws.hosts.kind === 'namespace' ? 'with their user data' : `from scripted steps: ${aws.hosts.why}`;
  console.log(`The local AWS listens at ${aws.endpoint}. Its hosts boot ${hosts}.\n`);
  for (const [name, value] of Object.entries(aws.env)) console.log(`export ${name}=${value}`);
  console.log('\nReady. Ctrl-C stops it.');
  const signal = await stopped;
  console.log(`\nStopping (${signal}) …`);
}

try {
  await main();
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if (error instanceof EquipmentError) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}
