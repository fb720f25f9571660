import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRequest } from '../../../emulator/hosts/machine/control.ts';
import { quote, quoteOnOneLine } from '../../../emulator/hosts/machine/shell.ts';
import { commandLine } from '../../../emulator/hosts/systemd/command-line.ts';

const bash = (script: string, input = '') => {
  const { stdout } = spawnSync('bash', ['-c', script], { input, encoding: 'utf8' });
  const words = stdout.split('\0');
  words.pop();
  return words;
};

/** Text that a shell could trip over. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '\\', '\n', '\r', '$', '`', '%', ' ', '!', '*', '$(id)', "\\'", '${x}'),
      fc.string(),
    ),
  )
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());
const words = fc.array(hostile, { minLength: 1, maxLength: 30 });

describe('text on its way through a shell', () => {
  test('a quoted word stays what it is', () => {
    fc.assert(
      fc.property(words, (list) => {
        expect(bash(`printf '%s\\0' ${list.map(quote).join(' ')}`)).toEqual(list);
      }),
      { numRuns: 40 },
    );
  });

  test('a script that is read as one line and evaluated stays what it is', () => {
    fc.assert(
      fc.property(words, (list) => {
        const line = `printf '%s\\0' ${list.map(quoteOnOneLine).join(' ')}`;
        expect(line).not.toContain('\n');
        expect(bash('IFS= read -r line; eval "$line"', `${line}\n`)).toEqual(list);
      }),
      { numRuns: 40 },
    );
  });

  // systemd.service(5), "Command lines": quotes, backslash escapes, `$$` for a dollar, `%%` for a percent sign.
  test('the words of an ExecStart= line reach the program unchanged', () => {
    const asSystemd = (word: string) =>
      `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('$', '$$$$').replaceAll('%', '%%')}"`;
    fc.assert(
      fc.property(words, (list) => {
        const line = `/usr/bin/printf "%%s\\\\0" ${list.map(asSystemd).join(' ')}`;
        expect(bash(commandLine(line).shell)).toEqual(list);
      }),
      { numRuns: 40 },
    );
  });

  test('an ExecStart= line is given variables, and may be allowed to fail', () => {
    const { mayFail, shell } = commandLine('-/usr/bin/printf "%%s\\\\0" ${NAME} a${NAME}b $WORDS "$WORDS" $$NAME');
    expect(mayFail).toBe(true);
    expect(bash(`NAME='a b' WORDS='1 2'; ${shell}`)).toEqual(['a b', 'aa bb', '1', '2', '$WORDS', '$NAME']);
  });
});

describe('a request of a stand-in', () => {
  const free = fc.string().map((text) => text.replaceAll('\0', ''));

  test('is understood when its last word has come, and not before', () => {
    const files = fc.dictionary(free, free);
    fc.assert(
      fc.property(free, free, free, fc.array(free), files, (token, name, cwd, args, brought) => {
        const list = [token, name, cwd, String(args.length), ...args];
        const pairs = Object.entries(brought);
        const text = [...list, String(pairs.length), ...pairs.flat()].map((word) => `${word}\0`).join('');
        const read = parseRequest(text);
        expect(read?.token).toBe(token);
        expect(read?.command).toMatchObject({ name, cwd, args });
        expect([...(read?.command.files ?? [])]).toEqual(pairs);
        expect(parseRequest(text.slice(0, -1))).toBeUndefined();
      }),
    );
  });
});
