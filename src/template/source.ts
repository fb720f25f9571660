import type { SourceLocation } from '../types.ts';

/** Turns offsets into a text into lines and columns, both from 1. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  at(offset: number): SourceLocation;
}

/** Line ends are those of YAML: LF, CRLF and a lone CR. */
export function sourceText(file: string, text: string): SourceText {
  let starts: number[] | undefined;
  return {
    file,
    text,
    at(offset) {
      starts ??= lineStarts(text);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { file, line: low + 1, column: Math.max(0, offset - (starts[low] ?? 0)) + 1 };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const lineEnd of text.matchAll(/\r\n|\n|\r/g)) starts.push(lineEnd.index + lineEnd[0].length);
  return starts;
}

export type Decoded = { readonly text: string } | { readonly problem: string };

/**
 * Bytes of a text file as text, without a byte order mark. A file that is too large is refused before it is looked at;
 * so is what is no UTF-8, or holds NUL characters and is therefore no text.
 */
export function decodeText(content: Uint8Array | string, limit: number): Decoded {
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  if (size > limit)
    return { problem: `it has ${size.toLocaleString('en')} bytes, and ${limit.toLocaleString('en')} are the limit` };
  const text = typeof content === 'string' ? content.replace(/^\uFEFF/, '') : decodeUtf8(content);
  if (text === undefined) return { problem: 'it is not UTF-8 text; save it with that encoding' };
  if (text.includes('\0')) return { problem: 'it holds NUL characters, so it is a binary file or UTF-16' };
  return { text };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
