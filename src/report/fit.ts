import { byteLength } from '../text.ts';

/** One part of a document. */
export interface Section {
  /** What a reader calls it: `the outputs`. */
  readonly name: string;
  /** The part in full, then ever shorter; the last one is used when nothing else fits. */
  readonly renderings: readonly [string, ...string[]];
  /** The part with the lowest importance is shortened first. */
  readonly importance: number;
}

/**
 * The parts in their order within a number of UTF-8 bytes. A smaller document rather than one cut off: parts are
 * shortened, the least important first, and then left out. The end of the document names what was left out.
 */
export function withinBytes(sections: readonly Section[], bytes: number): string {
  const chosen = new Map(sections.map((section) => [section, 0]));
  const byImportance = [...sections].sort((a, b) => a.importance - b.importance);
  for (const section of byImportance) {
    for (let level = 0; level <= section.renderings.length; level++) {
      chosen.set(section, level);
      const document = assemble(sections, chosen);
      if (byteLength(document) <= bytes) return document;
    }
  }
  return assemble(sections, chosen);
}

function assemble(sections: readonly Section[], chosen: ReadonlyMap<Section, number>): string {
  const parts = sections.map((section) => section.renderings[chosen.get(section) ?? 0] ?? '');
  const left = sections.filter((section) => (chosen.get(section) ?? 0) >= section.renderings.length);
  const note =
    left.length === 0
      ? []
      : [`Left out, because GitHub shows no more: ${left.map((section) => section.name).join(', ')}.`];
  return `${[...parts, ...note].filter((part) => part !== '').join('\n\n')}\n`;
}
