import { visible } from '../text.ts';
import { command, neutralised } from './commands.ts';
import type { Log, Span, StyledLine, TextStyle } from './runner.ts';

const SGR: Readonly<Record<TextStyle, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

/** How a log is written. `hide` hides what is masked; `write` takes one line, without its end. */
export interface LogWriter {
  readonly write: (line: string) => void;
  readonly hide: (text: string) => string;
  readonly colours: boolean;
}

/** Foreign text as it may be written: nothing hidden in it, nothing secret, no command. May hold line breaks. */
export function harmless(text: string, hide: (text: string) => string): string {
  return hide(visible(hide(text)))
    .split('\n')
    .map(neutralised)
    .join('\n');
}

/** The one place where log lines are made. */
export function createLog({ write, hide, colours }: LogWriter): Log {
  let grouped = false;
  const endGroup = () => {
    if (grouped) write(command('endgroup', ''));
    grouped = false;
  };
  return {
    line(text) {
      const safe = typeof text === 'string' ? harmless(text, hide) : styled(text, hide, colours);
      for (const line of safe.split('\n')) write(line);
    },
    debug(text) {
      write(command('debug', harmless(text, hide)));
    },
    group(title) {
      endGroup();
      write(command('group', harmless(title, hide)));
      grouped = true;
    },
    endGroup,
  };
}

/**
 * A secret or a command may reach over several spans, so the line is judged as a whole; one that had to be changed
 * loses its colours.
 */
function styled(line: StyledLine, hide: (text: string) => string, colours: boolean): string {
  const plain = line.map((span) => span.text).join('');
  const safe = harmless(plain, hide);
  if (!colours || safe !== visible(plain)) return safe;
  return line.map(coloured).join('');
}

function coloured({ text, style }: Span): string {
  return style === undefined || text === '' ? visible(text) : `\u001b[${SGR[style]}m${visible(text)}\u001b[0m`;
}
