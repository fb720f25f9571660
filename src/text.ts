/**
 * Foreign text made fit to be seen. Whatever came from AWS, from a repository or from an exception goes through here
 * before it is shown anywhere; escaping for the place where it lands comes after.
 */

// ECMA-48: control sequences (CSI), strings (OSC, DCS, PM, APC, SOS) up to their terminator, and two-character escapes.
const ESCAPE_SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]P^_X]|[\u009d\u0090\u009e\u009f\u0098])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

// Line ends as any of the readers of a log understands them: .NET, browsers, terminals.
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

// Tab is a blank, and line ends are line ends by then.
const CONTROL = /[^\P{Cc}\t\n]/gu;

// Characters that take no room or turn the reading order; the interlinear marks are missing from Unicode's property.
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;

// Joiners and variation selectors: emoji and many scripts need them, after a letter or sign of their own.
const JOINER = /^(?:\u200c|\u200d|[\ufe00-\ufe0f])$/;

/**
 * The text with nothing hidden in it: escape sequences are gone, control characters are shown (`␛`), characters that
 * are invisible or turn the reading order are named (`⟨U+202E⟩`), lone surrogates are replaced. Line ends become `\n`.
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(ESCAPE_SEQUENCE, '')
    .replace(LINE_END, '\n')
    .replace(CONTROL, controlPicture)
    .replace(INVISIBLE, (character: string, at: number, whole: string) =>
      JOINER.test(character) && isJoined(whole.charAt(at - 1), character) ? character : codePoint(character),
    );
}

/** The same on one line: line ends and runs of blanks become one space, none at the ends. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim();
}

/** The text in at most `length` UTF-16 units, ended by `…` when something was cut off. Never cuts a character in two. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, Math.max(0, length - 1))
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

/** Bytes of the text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** `1 resource`, `3 resources`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? singular : plural}`;
}

function controlPicture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : codePoint(character);
}

function isJoined(before: string, joiner: string): boolean {
  return before > '\u007f' && before !== joiner;
}

function codePoint(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
