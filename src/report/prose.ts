import { visible } from '../text.ts';
import { code, fence, inline } from './markdown.ts';

/**
 * Several lines of plain text as Markdown. Commands to paste become a block of code: indented lines, lines that are an
 * AWS command, and what is one after a colon at a line's end. What stands between backticks becomes inline code;
 * everything else is text.
 */
export function prose(text: string): string {
  const blocks: string[] = [];
  let lines: string[] = [];
  let commands: string[] = [];
  const endLines = () => {
    if (lines.length > 0) blocks.push(lines.join('<br>\n'));
    lines = [];
  };
  const endCommands = () => {
    if (commands.length > 0) blocks.push(fence(commands.join('\n'), 'sh'));
    commands = [];
  };
  for (const line of visible(text).split('\n')) {
    const { words, command } = parse(line);
    if (words !== '') {
      endCommands();
      lines.push(sentence(words));
    }
    if (command !== '') {
      endLines();
      commands.push(command);
    }
    if (words === '' && command === '') {
      endCommands();
      endLines();
    }
  }
  endLines();
  endCommands();
  return blocks.join('\n\n');
}

/** The same for a list item or a table cell: lines with breaks between them. */
export function proseOnOneLine(text: string): string {
  return visible(text)
    .split('\n')
    .map(parse)
    .flatMap(({ words, command }) => [sentence(words), code(command)])
    .filter((line) => line !== '')
    .join('<br>');
}

/** One line: text, with what stands between backticks as code. */
export function sentence(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : padded(part)))
    .join('');
}

/** A command that goes on in prose (`…, then …`) could not be pasted as it stands. */
function parse(line: string): { readonly words: string; readonly command: string } {
  if (/^(?: {2,}|\t)\S/.test(line)) return { words: '', command: line.trim() };
  const { words = line, command = '' } =
    /^(?<words>.*?:\s+|)(?<command>aws [a-z][\w-]* [a-z][\w-]* (?:(?!, ).)+)$/.exec(line)?.groups ?? {};
  return { words: words.trim(), command: command.trim() };
}

/** The Markdown as a quotation. */
export function quote(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

/** `inline` trims; between two pieces of code the blanks count. */
function padded(text: string): string {
  const blankBefore = /^\s/.test(text) ? ' ' : '';
  const blankAfter = /\S\s+$/.test(text) ? ' ' : '';
  return `${blankBefore}${inline(text)}${blankAfter}`;
}
