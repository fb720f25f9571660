import { visible } from '../text.ts';
import { code, fence, inline } from './markdown.ts';

/**
 * Several lines of plain text as Markdown. Indented lines are commands to paste and become a block of code; what
 * stands between backticks becomes inline code; everything else is text.
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
    if (/^(?: {2,}|\t)\S/.test(line)) {
      endLines();
      commands.push(line.trim());
    } else {
      endCommands();
      if (line.trim() === '') endLines();
      else lines.push(sentence(line));
    }
  }
  endLines();
  endCommands();
  return blocks.join('\n\n');
}

/** The same on one line. */
export function sentence(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : padded(part)))
    .join('');
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
