import { deflateRawSync, inflateRawSync } from 'node:zlib';

export type Fields = Readonly<Record<string, unknown>>;

/** The first line of a comment or an issue, which nobody sees: data for the runs that come later. */
export interface HiddenLine {
  /** Without its line end. */
  write(data: object): string;
  /** What a text's first line says; undefined for any other. Whether it is to be believed, its author decides. */
  read(text: string): Fields | undefined;
}

/**
 * A kind of hidden line, by its name and version (`plan:1`). The data is in Base64, so that nothing in it can end the
 * HTML comment that it is. `maxUnfolded`: bytes that it may unfold to, since anybody could have written what is read.
 */
export function hiddenLine(kind: string, maxUnfolded: number): HiddenLine {
  const opening = `<!-- ecs-muster:${kind} `;
  return {
    write: (data) => `${opening}${deflateRawSync(JSON.stringify(data)).toString('base64')} -->`,
    read(text) {
      if (!text.startsWith(opening)) return undefined;
      const [, encoded] = /^([\w+/=]+) -->(?:\r?\n|$)/.exec(text.slice(opening.length)) ?? [];
      return encoded === undefined ? undefined : decode(encoded, maxUnfolded);
    },
  };
}

function decode(encoded: string, maxOutputLength: number): Fields | undefined {
  try {
    const unfolded = inflateRawSync(Buffer.from(encoded, 'base64'), { maxOutputLength });
    return fieldsOf(JSON.parse(unfolded.toString('utf8')));
  } catch {
    return undefined; // cut off, or not ours
  }
}

/** The members of a value of which nothing is known; none where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
