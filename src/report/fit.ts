import { byteLength } from '../text.ts';

/** One part of a document. */
export interface Section {
  /** What a reader calls it: `the outputs`. Parts of one name are told as one when they are left out. */
  readonly name: string;
  /** The part in full, then ever shorter; after the last one it is left out. */
  readonly renderings: readonly [string, ...string[]];
  /** The part with the lowest importance is shortened first; of equal ones the last. */
  readonly importance: number;
  /** Importance of what its shorter renderings leave out, where that is less than that of the part itself. */
  readonly shortened?: number;
}

export interface FitOptions {
  /** How long the document is; UTF-8 bytes unless told. */
  readonly measure?: (text: string) => number;
  /** Markdown that follows the note of what was left out: where all of it is. */
  readonly more?: string;
}

const GAP = '\n\n';

/**
 * The parts in their order within a size. A smaller document rather than one cut off: parts are shortened, the least
 * important first, and then left out. The end of the document names what was left out.
 */
export function withinBytes(sections: readonly Section[], size: number, options: FitOptions = {}): string {
  const { measure = byteLength } = options;
  const chosen = new Map(sections.map((section) => [section, 0]));
  const sizeOf = ({ renderings }: Section, level: number) => {
    const text = renderings[level] ?? '';
    return text === '' ? 0 : measure(text) + GAP.length;
  };
  let total = sections.reduce((sum, section) => sum + sizeOf(section, 0), 0);
  const document = () => assemble(sections, chosen, options);
  // The last gap is the line end, and the note comes on top: the sum is close enough to tell when to look closely.
  const fits = () => total - GAP.length < size && measure(document()) <= size;
  if (fits()) return document();
  for (const { section, level } of stepsOf(sections)) {
    total += sizeOf(section, level) - sizeOf(section, level - 1);
    chosen.set(section, level);
    if (fits()) return document();
  }
  return document();
}

/** What gives way, in that order. */
function stepsOf(sections: readonly Section[]) {
  const steps = [...sections].reverse().flatMap((section) =>
    section.renderings.map((_, index) => {
      const level = index + 1;
      const { importance, shortened = importance } = section;
      return { section, level, importance: level < section.renderings.length ? shortened : importance };
    }),
  );
  return steps.sort((a, b) => a.importance - b.importance);
}

function assemble(sections: readonly Section[], chosen: ReadonlyMap<Section, number>, { more }: FitOptions): string {
  const parts = sections.map((section) => section.renderings[chosen.get(section) ?? 0] ?? '');
  const left = sections.filter((section) => (chosen.get(section) ?? 0) >= section.renderings.length);
  const isShortened = sections.some((section) => (chosen.get(section) ?? 0) > 0);
  const note = [
    ...(left.length === 0 ? [] : [`Left out, because GitHub shows no more: ${namesOf(left)}.`]),
    ...(isShortened && more !== undefined ? [more] : []),
  ].join(' ');
  return `${[...parts, note].filter((part) => part !== '').join(GAP)}\n`;
}

/** Each name once, with how often where it is more than once. */
function namesOf(sections: readonly Section[]): string {
  const times = new Map<string, number>();
  for (const { name } of sections) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, n]) => (n === 1 ? name : `${name} (${n})`)).join(', ');
}
