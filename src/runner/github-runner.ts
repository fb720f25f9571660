import { annotationCommand, command } from './commands.ts';
import { createLog, harmless } from './log.ts';
import { Masks } from './masks.ts';
import type { Runner } from './runner.ts';

/** What of the process the runner uses itself; `@actions/core` goes to the real process for the command files. */
export interface RunnerProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
}

/**
 * The GitHub runner, or a terminal: where there is no command file, an output becomes a log line, and the summary and
 * saved state go nowhere. `@actions/core` is loaded when one of the three is first written, since loading it takes
 * longer than the first AWS request (it brings an HTTP client for OIDC).
 */
export function createRunner({ env, stdout }: RunnerProcess): Runner {
  const masks = new Masks();
  const hide = (text: string) => masks.hide(text);
  const write = (line: string) => {
    stdout.write(`${line}\n`);
  };
  const log = createLog({ write, hide, colours: wantsColours(env, stdout.isTTY === true) });
  const core = () => import('@actions/core');

  return {
    log,
    input: (name) => env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`]?.trim() ?? '',
    inputNames: () =>
      Object.keys(env)
        .filter((name) => name.startsWith('INPUT_'))
        .map((name) => name.slice('INPUT_'.length).toLowerCase()),
    env: (name) => env[name],
    mask(value) {
      for (const text of masks.add(value)) write(command('add-mask', text));
    },
    masked: hide,
    annotate(annotation) {
      write(annotationCommand(annotation, (text) => harmless(text, hide)));
    },
    async setOutput(name, value) {
      if (has(env, 'GITHUB_OUTPUT')) (await core()).setOutput(name, hide(value));
      else log.line(`${name}=${value}`);
    },
    async summary(markdown) {
      if (!has(env, 'GITHUB_STEP_SUMMARY')) return;
      try {
        await (await core()).summary.addRaw(hide(markdown), true).write();
      } catch (cause) {
        log.line(`The job summary could not be written: ${String(cause)}`);
      }
    },
    async saveState(name, value) {
      if (has(env, 'GITHUB_STATE')) (await core()).saveState(name, value);
    },
    state: (name) => env[`STATE_${name}`] ?? '',
  };
}

function has(env: RunnerProcess['env'], name: string): boolean {
  return env[name] !== undefined && env[name] !== '';
}

/** The runner's log shows colours though its stdout is no terminal. https://no-color.org */
function wantsColours(env: RunnerProcess['env'], isTerminal: boolean): boolean {
  if (has(env, 'NO_COLOR')) return false;
  return isTerminal || env.GITHUB_ACTIONS === 'true' || has(env, 'FORCE_COLOR');
}
