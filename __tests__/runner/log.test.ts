import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { annotationCommand, command } from '../../src/runner/commands.ts';
import { createLog, harmless } from '../../src/runner/log.ts';
import type { TextStyle } from '../../src/runner/runner.ts';
import { hostileText } from './hostile.ts';

const hideNothing = (text: string) => text;

function logged(use: (log: ReturnType<typeof createLog>) => void, { colours = true, hide = hideNothing } = {}): string {
  const lines: string[] = [];
  use(createLog({ write: (line) => lines.push(line), hide, colours }));
  return lines.join('\n');
}

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Commands as the runner finds them in a process's output (actions/runner, Common/ActionCommand.cs). */
function commandsIn(output: string): readonly Command[] {
  return output.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).flatMap((line) => {
    const trimmed = line.replace(/^[\s\u200b]+/, '');
    const second = trimmed.startsWith('::') ? /^::([^\s:]+)(?: (.*?))?::(.*)$/.exec(trimmed) : null;
    if (second !== null) {
      const [, name = '', properties = '', data = ''] = second;
      return [{ name, properties: propertiesOf(properties), data: unescapeData(data) }];
    }
    const first = /##\[([^\s\]]+)(?: ([^\]]*))?\](.*)/.exec(line);
    return first === null ? [] : [{ name: first[1] ?? '', properties: {}, data: first[3] ?? '' }];
  });
}

function propertiesOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key, unescapeData(value.join('=').replaceAll('%3A', ':').replaceAll('%2C', ','))];
    }),
  );
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

describe('the log', () => {
  test('takes no command from foreign text, wherever it stands', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(commandsIn(logged((log) => log.line(text)))).toEqual([]);
        expect(commandsIn(logged((log) => log.line([{ text, style: 'red' }, { text }])))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '::error::pwned',
    '  ::error::pwned',
    '\t\u00a0::ERROR::pwned',
    'ok\r::error::pwned',
    'ok\u2028::error::pwned',
    '\u001b[31m::error::pwned',
    '\u200b::error::pwned',
    'ok ##[error]pwned',
    'ok ##\u001b[0m[error]pwned',
    '#\u200b#[error]pwned',
  ])('takes no command from %j', (text) => {
    expect(commandsIn(logged((log) => log.line(text)))).toEqual([]);
  });

  test('a command made of two spans is none', () => {
    expect(commandsIn(logged((log) => log.line([{ text: ':' }, { text: ':error::pwned' }])))).toEqual([]);
    expect(commandsIn(logged((log) => log.line([{ text: '##' }, { text: '[error]pwned' }])))).toEqual([]);
  });

  test('only our own styles colour, and only where colours are wanted', () => {
    const line = [{ text: 'red\u001b[5m', style: 'red' satisfies TextStyle }, { text: ' plain\u001b[31m' }] as const;
    expect(logged((log) => log.line(line))).toBe('\u001b[31mred\u001b[0m plain');
    expect(logged((log) => log.line(line), { colours: false })).toBe('red plain');
    expect(logged((log) => log.line('\u001b[31mforeign'))).toBe('foreign');
  });

  test('a secret over two spans, or interrupted by an escape sequence, is hidden', () => {
    const hide = (text: string) => text.replaceAll('hunter2', '***');
    const use = { hide, colours: true };
    expect(logged((log) => log.line([{ text: 'hun', style: 'red' }, { text: 'ter2' }]), use)).toBe('***');
    expect(logged((log) => log.line('a hun\u001b[1mter2 b'), use)).toBe('a *** b');
    expect(logged((log) => log.group('hunter2'), use)).toBe('::group::***');
    expect(logged((log) => log.debug('hunter2'), use)).toBe('::debug::***');
  });

  test('a group ends where the next begins, and never twice', () => {
    const output = logged((log) => {
      log.endGroup();
      log.group('one\n::error::x');
      log.group('two');
      log.endGroup();
      log.endGroup();
    });
    expect(commandsIn(output)).toEqual([
      { name: 'group', properties: {}, data: 'one\n:\u200b:error::x' },
      { name: 'endgroup', properties: {}, data: '' },
      { name: 'group', properties: {}, data: 'two' },
      { name: 'endgroup', properties: {}, data: '' },
    ]);
  });
});

describe('commands', () => {
  test('an annotation says what it was given, whatever that is', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (title, message, file) => {
        const safe = (text: string) => harmless(text, hideNothing);
        const line = annotationCommand({ level: 'error', title, message, file, line: 3, column: 7 }, safe);
        const given = Object.entries({ file: safe(file), line: '3', col: '7', title: safe(title) });
        expect(commandsIn(line)).toEqual([
          {
            name: 'error',
            properties: Object.fromEntries(given.filter(([, value]) => value !== '')),
            data: safe(message),
          },
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('columns of a range of lines are left out, since the runner would drop the lines too', () => {
    const range = { level: 'warning', title: 't', message: 'm', file: 'f', line: 1, endLine: 4, column: 2 } as const;
    expect(annotationCommand(range, hideNothing)).toBe('::warning file=f,line=1,endLine=4,title=t::m');
  });

  test('data and properties are escaped as the runner unescapes them', () => {
    expect(command('notice', '100%\r\na:b,c', { file: 'a,b:c%.yml', title: undefined })).toBe(
      '::notice file=a%2Cb%3Ac%25.yml::100%25%0D%0Aa:b,c',
    );
  });
});
