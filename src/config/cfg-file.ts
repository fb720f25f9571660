import type { Finding } from '../types.ts';
import type { ReadEnvironment } from './environment.ts';
import { readAssignments } from './lists.ts';
import { findingAt, inFile } from './place.ts';
import { lineValue, type WrittenParameter } from './written.ts';

/**
 * The format of `aws cloudformation deploy --parameter-overrides $(cat dev.cfg)`: one `Key=Value` a line, `#` comments.
 * A value is everything after the first `=`, unchanged.
 */
export function readCfgFile(text: string, file: string): ReadEnvironment {
  const { assignments, unreadable, lastLine } = readAssignments(text);
  const findings: Finding[] = unreadable.map(({ line, problem }) =>
    findingAt(
      inFile({ file, line }),
      'error',
      'This line cannot be read',
      `Line ${line} of ${file} is no Key=Value: ${problem}.`,
      'Write one Key=Value a line; a line that starts with # is a comment.',
    ),
  );
  const parameters = assignments.map(({ key, value, line }): WrittenParameter => {
    const place = inFile({ file, line });
    const written = lineValue(value);
    if (written.kind === 'value' && value !== value.trim()) findings.push(whiteSpace(key, place));
    return { name: key, written, place, line: true };
  });
  const unread = unreadable.map(({ firstWord }) => firstWord);
  return { environment: { parameters, driftIgnore: [], end: inFile({ file, line: lastLine }), unread }, findings };
}

function whiteSpace(name: string, place: ReturnType<typeof inFile>): Finding {
  const message = `The value of ${name} starts or ends with white space. It is passed on as it is; a shell would have dropped it.`;
  return findingAt(
    place,
    'warning',
    'White space around a value',
    message,
    'Delete the white space, unless it is meant.',
  );
}
